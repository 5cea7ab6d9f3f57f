"""Collects what Rasa says in a turn: one message an utterance, text and goods together, paragraphs kept."""

from __future__ import annotations

from typing import Any

from rasa.core.channels.channel import CollectingOutputChannel

_KEPT = ("text", "buttons", "custom", "image", "attachment", "elements", "quick_replies")


class OneMessageOutput(CollectingOutputChannel):
    """Rasa's collector parts a response into a message for its text, one for its `custom`, one for each paragraph."""

    @classmethod
    def name(cls) -> str:
        return "web"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        said = {key: message[key] for key in _KEPT if message.get(key)}
        if said:
            self.messages.append({"recipient_id": recipient_id, **said})
