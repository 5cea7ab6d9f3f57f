"""Talks about orders and service through Rasa's own form loop and rules.

The dialogue model (rules only, no language understanding) is trained once a test run; the readings come with the
messages.
Actions run in this process as in the server. `Talk.say` gives back what the customer would see.
"""

from __future__ import annotations

import asyncio
import functools
import json
import re
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.utils.endpoints import EndpointConfig
from rasa_sdk.executor import ActionExecutor
from stage import every_action

from actions.services import Limits, Services, configure
from store import Store

ROOT = Path(__file__).resolve().parents[2]

# --- Rasa -------------------------------------------------------------------------------------------


class Here(EndpointConfig):
    """Runs actions in this process, as the server does."""

    def __init__(self) -> None:
        super().__init__(url="in-process")
        self.executor = ActionExecutor()
        for action in every_action():
            self.executor.register_action(action)

    async def request(
        self,
        method: str = "post",
        subpath: str | None = None,
        content_type: str | None = None,
        compress: bool = False,
        **kwargs: Any,
    ) -> Any:
        call = json.loads(json.dumps(kwargs["json"], default=str))
        return await self.executor.run(call)


@functools.cache
def agent() -> Agent:
    """The rules trained without any language understanding; a contradiction between rules fails here."""
    from rasa.model_training import train_core

    folder = Path(tempfile.mkdtemp(prefix="zhike-rules-"))
    config = folder / "config.yml"
    config.write_text(
        "recipe: default.v1\nassistant_id: zhike\nlanguage: zh\npipeline: []\npolicies:\n  - name: RulePolicy\n",
        encoding="utf-8",
    )
    model = train_core(
        domain=str(ROOT / "bot/domain"), config=str(config), stories=str(ROOT / "data/rules"), output=str(folder)
    )
    return Agent.load(model, action_endpoint=Here())


@dataclass
class Reply:
    """What the customer sees for one message."""

    texts: list[str] = field(default_factory=list)
    buttons: list[dict[str, str]] = field(default_factory=list)
    data: list[dict[str, Any]] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n".join(self.texts)

    @property
    def titles(self) -> list[str]:
        return [b["title"] for b in self.buttons]

    def has_person(self) -> bool:
        return "人工" in self.text or any("request_human" in b["payload"] for b in self.buttons)


class Talk:
    """One conversation of one customer (None: a visitor)."""

    count = 0

    def __init__(self, store: Store, customer: str | None, **services: Any) -> None:
        Talk.count += 1
        self.store, self.customer = store, customer
        self.sender = f"talk-{Talk.count}-{customer}"
        store.conversations.open(self.sender, customer, customer is None, "test")
        configure(Services(store=store, limits=services.pop("limits", Limits()), **services))
        self.last = Reply()

    def say(
        self,
        text: str,
        intent: str,
        *entities: tuple[str, Any],
        mood: str = "neutral",
        also: tuple[str, str] | None = None,
    ) -> Reply:
        score = {"negative": -0.8, "neutral": 0.0, "positive": 0.8}[mood]
        more = {"also": dict(zip(("name", "text"), also, strict=True))} if also else {}
        return self._send(text, intent, entities, {"sentiment": {"label": mood, "score": score}, **more})

    def press(self, title: str) -> Reply:
        """A button of the last answer, by its title."""
        payload = next(b["payload"] for b in self.last.buttons if title in b["title"])
        found = re.fullmatch(r"/(\w+)(\{.*\})?", payload)
        return self._send(payload, found[1], tuple(json.loads(found[2]).items()) if found[2] else (), {})

    def press_payload(self, payload: str) -> Reply:
        found = re.fullmatch(r"/(\w+)(\{.*\})?", payload)
        return self._send(payload, found[1], tuple(json.loads(found[2]).items()) if found[2] else (), {})

    def _send(self, text: str, intent: str, entities: tuple[tuple[str, Any], ...], more: dict[str, Any]) -> Reply:
        ranking = [{"name": intent, "confidence": 0.9}]
        parsed = {
            "text": text,
            "intent": ranking[0],
            "intent_ranking": ranking,
            "entities": [self._entity(text, k, v) for k, v in entities],
            **more,
        }
        output = CollectingOutputChannel()
        asyncio.run(agent().handle_message(UserMessage(text, output, self.sender, parse_data=parsed)))
        self.last = Reply()
        for message in output.messages:
            self.last.texts += [message["text"]] if message.get("text") else []
            self.last.buttons += message.get("buttons") or []
            self.last.data += [message["custom"]["data"]] if message.get("custom") else []
        return self.last

    @staticmethod
    def _entity(text: str, kind: str, value: Any) -> dict[str, Any]:
        start = text.find(str(value))
        place = {"start": start, "end": start + len(str(value))} if start >= 0 else {}
        return {"entity": kind, "value": value, "extractor": "EntityMatcher", **place}

    def tracker(self) -> Any:
        return asyncio.run(agent().tracker_store.retrieve(self.sender))

    @property
    def form(self) -> str | None:
        return self.tracker().active_loop_name

    def cases(self, *kinds: str) -> list[Any]:
        return self.store.cases.of_customer(self.customer, kinds=kinds or None)
