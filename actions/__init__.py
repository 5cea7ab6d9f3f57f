"""Custom actions: read the message, call a service, say it."""
