"""Button payloads: signed for the conversation they are given to, so that nobody can type or carry over a command.

A button's payload `/affirm{"case":"…"}` leaves as `/affirm{"case":"…"}~<signature>`. What comes in is either such a
payload
of this very conversation, or words. Words that begin with a slash stay words.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

# What NFKC leaves alone and Rasa does not take for a command, unlike U+FF0F, which the normaliser turns into "/".
HARMLESS_SLASH = "\N{DIVISION SLASH}"
_PAYLOAD = re.compile(r"^/(?P<intent>[a-z][a-z0-9_]*)(?P<facts>\{.*\})?$", re.DOTALL)
_SIGNED = re.compile(r"^(?P<payload>/.+)~(?P<signature>[A-Za-z0-9_-]{16})$", re.DOTALL)


@dataclass(frozen=True)
class Pressed:
    """A button of this conversation: intent and what it carries."""

    payload: str
    intent: str
    facts: dict[str, Any] = field(default_factory=dict)

    def parse_data(self) -> dict[str, Any]:
        """What Rasa would read in the payload; entities have no place in a text, so no start and end."""
        intent = {"name": self.intent, "confidence": 1.0}
        return {
            "text": self.payload,
            "intent": intent,
            "intent_ranking": [intent],
            "entities": [{"entity": name, "value": value} for name, value in self.facts.items()],
        }


class StaleButton(Exception):  # noqa: N818 - says what is the case
    """A signed payload, but not of this conversation (or tampered with)."""


class PayloadSigner:
    def __init__(self, key: bytes):
        self._key = hashlib.sha256(b"button payload\x1f" + key).digest()

    def signature(self, sender_id: str, payload: str) -> str:
        digest = hmac.new(
            self._key, f"{sender_id}\x1f{payload}".encode("utf-8", "surrogatepass"), hashlib.sha256
        ).digest()
        return base64.urlsafe_b64encode(digest[:12]).decode("ascii")

    def sign(self, sender_id: str, buttons: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        """The buttons as the customer gets them: title and payload, commands signed. Links and words stay as they
        are.
        """
        signed = []
        for button in buttons:
            payload = button.get("payload")
            if isinstance(payload, str) and payload.startswith("/"):
                button = {**button, "payload": f"{payload}~{self.signature(sender_id, payload)}"}
            signed.append(button)
        return signed

    def read(self, sender_id: str, message: str) -> Pressed | None:
        """The button pressed, or None when the message is words. Raises StaleButton."""
        found = _SIGNED.match(message)
        if not found:
            return None
        payload = found["payload"]
        if not hmac.compare_digest(self.signature(sender_id, payload), found["signature"]):
            raise StaleButton
        parts = _PAYLOAD.match(payload)
        if not parts:
            raise StaleButton
        return Pressed(payload, parts["intent"], json.loads(parts["facts"]) if parts["facts"] else {})

    @staticmethod
    def is_button(message: str) -> bool:
        """Whether the message has the form of a signed payload, whoever it was given to."""
        return _SIGNED.match(message) is not None

    def message_id(self, subject: str, turn_id: str, position: int) -> str:
        """An id for one message of a turn that can be checked later to have been given to this subject."""
        name = f"{turn_id}.{position}"
        return f"{name}.{self.signature(f'message{chr(31)}{subject}', name)}"

    def owns_message(self, subject: str, message_id: str) -> bool:
        name, _, signature = message_id.rpartition(".")
        return bool(name) and hmac.compare_digest(
            self.signature(f"message{chr(31)}{subject}", name).encode(), signature.encode("utf-8", "surrogatepass")
        )


def as_words(message: str) -> str:
    """What a customer typed, made safe to read: no control characters, and never a command of Rasa's.

    A leading slash, in any width and behind any invisible character, becomes one that only looks like it.
    """
    text = "".join(
        " " if c in "\t\r\n" else c
        for c in message
        if c in "\t\r\n" or unicodedata.category(c) not in {"Cc", "Cs", "Co"}
    )
    start = next((i for i, c in enumerate(text) if unicodedata.category(c)[0] not in "CZ"), len(text))
    text = text[start:].rstrip()
    if text and unicodedata.normalize("NFKC", text[0]).startswith("/"):
        text = HARMLESS_SLASH + text[1:]
    return text
