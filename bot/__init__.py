"""The Rasa project: language understanding, channels, runtime and the `zhike` command line."""
