"""The shop's segments and a customer's portrait: gathered, drawn, written."""
