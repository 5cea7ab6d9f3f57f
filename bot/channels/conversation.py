"""The one path of a turn, for REST, Socket.IO and the terminal.

identity → pace and length → button or words → is a person asked for? → Rasa → never silent → payloads signed →
committed → said.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

import orjson
from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.shared.core.events import ActionExecuted, ActionExecutionRejected, ConversationResumed, UserUttered

from actions.language import DEFAULT
from bot.channels.handover import HandoverDesk
from bot.channels.limits import Pace, checked_message
from bot.channels.output import OneMessageOutput
from bot.channels.payloads import PayloadSigner, Pressed, StaleButton, as_words
from bot.channels.tokens import Identity
from bot.runtime.apology import STALE_BUTTON, apology
from bot.runtime.trackers import LiveTrackerStore, serialised
from bot.runtime.turn import RunningTurn, running_turn
from bot.runtime.turn_log import TurnLog
from bot.settings import Settings
from store.errors import StoreError
from store.models import Impression, Turn

logger = logging.getLogger(__name__)
INNER_ACTIONS = frozenset({"action_listen", "action_session_start", "action_extract_slots"})
KNOWN_CONVERSATIONS = 20_000
CLIENT_FACTS = 2_000  # characters of what a page may tell about itself


@dataclass
class _Talk:
    """What is known in memory of one conversation; `waiting` keeps `_talks` from forgetting one that is in use."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    opened: bool = False
    waiting: int = 0


class Conversations:
    """`store`: store.Store. `agent`: a loaded Agent whose tracker store is a LiveTrackerStore."""

    def __init__(self, agent: Agent, store: Any, signer: PayloadSigner, settings: Settings, model_version: str):
        self.agent, self.store, self.signer, self.settings = agent, store, signer, settings
        self.model_version = model_version
        self.log = TurnLog(store.log_turn)
        self.desk = HandoverDesk(store)
        self._pace = Pace(settings.rate_limit)
        self._talks: OrderedDict[str, _Talk] = OrderedDict()

    async def turn(
        self, who: Identity, message: object, channel: str, page: dict[str, Any] | None = None
    ) -> list[dict[str, Any]]:
        """The bot's messages, after everything about the turn is in the database. Raises Refused.

        Messages of one conversation are answered one after the other, in the order in which they came.
        """
        text = self.accept(who, message)
        # A client that hangs up must not leave a half-done turn, so the turn is a task of its own.
        return await asyncio.shield(asyncio.ensure_future(self.answer(who, text, channel, page or {})))

    def accept(self, who: Identity, message: object) -> str:
        """The text of one message as it was sent. Raises Refused: no text, too long, too fast."""
        text = checked_message(message, self.settings.message_chars)
        self._pace.take(who.sender_id)
        return text

    async def answer(self, who: Identity, text: str, channel: str, page: dict[str, Any]) -> list[dict[str, Any]]:
        """`turn` for a text that was accepted (or several, joined). Once begun it is to be let run to its end."""
        talk = self._talk(who.sender_id)
        talk.waiting += 1
        try:
            async with talk.lock:
                return await self._answer(who, talk, text, channel, page)
        finally:
            talk.waiting -= 1

    def _talk(self, sender_id: str) -> _Talk:
        talk = self._talks.setdefault(sender_id, _Talk())
        self._talks.move_to_end(sender_id)
        if len(self._talks) > KNOWN_CONVERSATIONS:
            oldest = next(iter(self._talks))
            if not self._talks[oldest].waiting:
                del self._talks[oldest]
        return talk

    async def _answer(
        self, who: Identity, talk: _Talk, text: str, channel: str, page: dict[str, Any]
    ) -> list[dict[str, Any]]:
        started, at = time.monotonic(), self.store.clock.now()
        turn = RunningTurn(deadline=started + self.settings.action_seconds, message=text)
        token = running_turn.set(turn)
        try:
            said, outcome = await self._reply(who, talk, text, channel, page, turn)
        finally:
            running_turn.reset(token)
        turn_id = secrets.token_hex(10)
        replies = [self._finished(who, turn_id, position, one) for position, one in enumerate(said)]
        record = self._record(who, turn_id, at, text, turn, replies, outcome, 1000 * (time.monotonic() - started))
        patience = max(0.2, started + self.settings.turn_seconds - time.monotonic())
        await self.log.commit(record, self._impressions(who, at, said), serialised(turn.events), patience)
        return replies

    async def _reply(
        self, who: Identity, talk: _Talk, text: str, channel: str, page: dict[str, Any], turn: RunningTurn
    ) -> tuple[list[dict[str, Any]], str]:
        """Messages and how the turn ended. Whatever fails, there is something to say."""
        sender_id = who.sender_id
        try:
            await self._open(who, talk, channel)
            pressed = self.signer.read(sender_id, text)
            notice = await self.desk.notice(who, pressed, text, self._language(sender_id))
            if notice is not None:
                return [notice], "handover"
            said = await asyncio.wait_for(
                self._ask_rasa(who, pressed, text, channel, page),
                max(0.1, turn.deadline + self._grace - time.monotonic()),
            )
        except StaleButton:
            return [{"recipient_id": sender_id, "text": STALE_BUTTON}], "stale_button"
        except Exception as error:
            # wait_for's timeout included. The live tracker may be half-changed: what is committed is read again next
            # time.
            logger.error(
                "a turn broke off: %s",
                type(error).__name__,
                exc_info=not isinstance(error, (StoreError, asyncio.TimeoutError)),
            )
            self._trackers.discard(sender_id)
            turn.events.clear()
            return [{"recipient_id": sender_id, **apology(text)}], "failed"
        if not said:
            logger.error("a turn had nothing to say")
            return [{"recipient_id": sender_id, **apology(text)}], "silent"
        return said, "failed" if turn.failures else "answered"

    @property
    def _grace(self) -> float:
        """Seconds that Rasa gets to finish after the last action's deadline; the rest of the turn is for the commit."""
        return 0.5 * (self.settings.turn_seconds - self.settings.action_seconds)

    @property
    def _trackers(self) -> LiveTrackerStore:
        return self.agent.tracker_store

    async def _open(self, who: Identity, talk: _Talk, channel: str) -> None:
        if not talk.opened:
            open_it = self.store.conversations.open
            await asyncio.get_running_loop().run_in_executor(
                None, open_it, who.sender_id, who.customer_id, who.anonymous, channel
            )
            talk.opened = True

    def _language(self, sender_id: str) -> str:
        """As the talk was last held."""
        tracker = self._trackers.peek(sender_id)
        return (tracker.get_slot("language") if tracker is not None else None) or DEFAULT

    async def _ask_rasa(
        self, who: Identity, pressed: Pressed | None, text: str, channel: str, page: dict[str, Any]
    ) -> list[dict[str, Any]]:
        output = OneMessageOutput()
        tracker = self._trackers.peek(who.sender_id)
        if tracker is not None and tracker.is_paused():
            tracker.update(
                ConversationResumed()
            )  # nobody is asked for any more (the desk has said so): the bot takes over
        facts = {str(k)[:40]: v for k, v in page.items() if isinstance(v, str | int | float | bool)}
        metadata = {
            "customer_id": who.customer_id,
            "anonymous": who.anonymous,
            "page": facts if len(str(facts)) <= CLIENT_FACTS else {},
        }
        words = "" if pressed else as_words(text)
        await self.agent.handle_message(
            UserMessage(
                pressed.payload if pressed else words or "？",
                output,
                who.sender_id,
                input_channel=channel,
                metadata=metadata,
                parse_data=pressed.parse_data() if pressed else None,
            )
        )
        return output.messages

    def _finished(self, who: Identity, turn_id: str, position: int, message: dict[str, Any]) -> dict[str, Any]:
        """As it leaves: with an id for feedback, buttons signed for this conversation."""
        finished = {**message, "message_id": self.signer.message_id(who.subject, turn_id, position)}
        if message.get("buttons"):
            finished["buttons"] = self.signer.sign(who.sender_id, message["buttons"])
        return finished

    def _record(
        self,
        who: Identity,
        turn_id: str,
        at: Any,
        text: str,
        turn: RunningTurn,
        replies: list[dict[str, Any]],
        outcome: str,
        latency_ms: float,
    ) -> Turn:
        """What is kept of a turn: how the message was read (before anything reverts it), what ran, what was said."""
        heard = next((event for event in turn.events if isinstance(event, UserUttered)), None)
        # Through JSON, because components of Rasa leave numpy's numbers in it.
        read: dict[str, Any] = (
            orjson.loads(orjson.dumps(heard.parse_data, option=orjson.OPT_SERIALIZE_NUMPY)) if heard else {}
        )
        sentiment = read.get("sentiment") or {}
        rejected = [f"{event.action_name}!" for event in turn.events if isinstance(event, ActionExecutionRejected)]
        executed = [
            event.action_name
            for event in turn.events
            if isinstance(event, ActionExecuted) and event.action_name not in INNER_ACTIONS and event.action_name
        ]
        intent = read.get("intent") or {}
        return Turn(
            turn_id=turn_id,
            sender_id=who.sender_id,
            customer_id=who.customer_id,
            at=at,
            text=text,
            intent=intent.get("name"),
            confidence=intent.get("confidence"),
            ranking=list(read.get("intent_ranking") or [])[:10],
            entities=list(read.get("entities") or []),
            sentiment_label=sentiment.get("label"),
            sentiment_score=sentiment.get("score"),
            model_version=self.model_version,
            actions=executed + rejected,
            replies=replies,
            latency_ms=round(latency_ms, 1),
            outcome=outcome,
        )

    def _impressions(self, who: Identity, at: Any, said: list[dict[str, Any]]) -> list[Impression]:
        """Goods shown in this turn, with place and propensity, for learning from what was clicked."""
        shown = []
        for message in said:
            data = (message.get("custom") or {}).get("data") or {}
            if data.get("type") != "products":
                continue
            items = [
                {
                    "product_id": item["product_id"],
                    "position": position,
                    "score": item.get("score"),
                    "reason": item.get("reason"),
                    "price": item.get("price"),
                    "propensity": item.get("propensity"),
                    "aspect": item.get("aspect"),
                }
                for position, item in enumerate(data["items"])
            ]
            shown.append(
                Impression(
                    data["impression_id"],
                    who.sender_id,
                    who.customer_id,
                    at,
                    data["strategy"],
                    bool(data.get("personalised")),
                    items,
                )
            )
        return shown

    async def close(self) -> None:
        await self.log.flush()
