"""The web channel: tokens, payloads, REST, Socket.IO, the chat page, and the one path of a turn."""
