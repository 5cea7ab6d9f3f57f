"""One message of a customer as an action sees it: what was read in it, who says it, what went before, how to answer."""

from __future__ import annotations

import json
import time
from functools import cached_property
from typing import TYPE_CHECKING, Any

from rasa_sdk import Tracker
from rasa_sdk.events import ActiveLoop, EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.language import DEFAULT, detect, word
from actions.language import title as title_said
from actions.services import Services

if TYPE_CHECKING:
    from store.models import Customer, Order

HUMAN_INTENT = "request_human"
SECONDS_LEFT = "seconds_left"  # key in the message's metadata
MOODS = ("negative", "neutral", "positive")
_ORDERS = 50
_NAMES = frozenset({"product", "brand", "category", "payment_method"})  # the same in either language


class Turn:
    """What `ZhikeAction.handle` gets. Reading is by properties, answering by `say`, remembering by `set`.

    Nothing here trusts slots or text for who the customer is: the channel says it with every message, from the token.
    """

    def __init__(self, dispatcher: CollectingDispatcher, tracker: Tracker, services: Services) -> None:
        self.dispatcher = dispatcher
        self.tracker = tracker
        self.services = services
        self.deadline = time.monotonic() + self._seconds_left()
        """A `time.monotonic()` moment, in seconds; pass it to every write of the store."""
        self.following: str | None = None
        self._slots: dict[str, Any] = {}
        self._events: list[EventType] = []

    def _seconds_left(self) -> float:
        """The server sends along how long it waits for this action; after that the deed must not be done any more."""
        told = (self.tracker.latest_message.get("metadata") or {}).get(SECONDS_LEFT)
        limit = self.services.limits.action_seconds
        return min(limit, told) if isinstance(told, (int, float)) else limit

    # --- what was said -----------------------------------------------------------------------------

    @property
    def text(self) -> str:
        return self.tracker.latest_message.get("text") or ""

    @property
    def intent(self) -> str:
        """The name without a retrieval sub-intent: `ask_shipping` for `ask_shipping/fee`."""
        return ((self.tracker.latest_message.get("intent") or {}).get("name") or "").partition("/")[0]

    @property
    def also(self) -> dict[str, str] | None:
        """A second wish in the same message, if there is one: the intent's ``name`` and the ``text`` that says it."""
        return self.tracker.latest_message.get("also")

    @property
    def ranking(self) -> list[tuple[str, float]]:
        """(intent, confidence), likeliest first, `nlu_fallback` left out."""
        rows = self.tracker.latest_message.get("intent_ranking") or []
        known = [r for r in rows if r.get("name") and r["name"] != "nlu_fallback"]
        return [(r["name"].partition("/")[0], float(r.get("confidence", 0))) for r in known]

    @property
    def pressed(self) -> bool:
        """A button, not typed words: its payload arrives as text beginning with a slash and has no mood."""
        return self.text.startswith("/") or "sentiment" not in self.tracker.latest_message

    @property
    def message_id(self) -> str:
        return str(self.tracker.latest_message.get("message_id") or "")

    @property
    def first_action(self) -> bool:
        """No action has dealt with this message before."""
        return not self.message_id or self.slot("counted") != self.message_id

    def raw_entities(self, kind: str, exclude: bool = False) -> list[dict]:
        """As read, with `start` and `end`; those that are not wanted (role `exclude`) only when asked for."""
        return [
            e
            for e in self.tracker.latest_message.get("entities") or []
            if e.get("entity") == kind and (e.get("role") == "exclude") == exclude
        ]

    def entities(self, kind: str, exclude: bool = False) -> list[Any]:
        """Values in the order said, each once."""
        values: list[Any] = []
        for entity in self.raw_entities(kind, exclude):
            if entity.get("value") not in values:
                values.append(entity.get("value"))
        return values

    def entity(self, kind: str, exclude: bool = False) -> Any:
        """The first value, or None."""
        return next(iter(self.entities(kind, exclude)), None)

    @cached_property
    def language(self) -> str:
        """zh or en, as this message shows; a button, a number or a bare name leaves the language as it was."""
        before = self.slot("language") or DEFAULT
        if self.pressed:
            return before
        entities = self.tracker.latest_message.get("entities") or []
        names = [(e["start"], e["end"]) for e in entities if "start" in e and "end" in e and e["entity"] in _NAMES]
        return detect(self.text, before, names)

    # --- mood --------------------------------------------------------------------------------------

    @cached_property
    def mood(self) -> str:
        """negative, neutral or positive. A button carries no mood: the one before stays."""
        label = (self.tracker.latest_message.get("sentiment") or {}).get("label")
        if label in MOODS:
            return label
        before = self.slot("mood")
        return before if before in MOODS else "neutral"

    @property
    def upset_now(self) -> bool:
        """This very message (not a button after it) is upset."""
        return (self.tracker.latest_message.get("sentiment") or {}).get("label") == "negative"

    @property
    def upset(self) -> int:
        """How many upset messages this talk has had, this one included once `ZhikeAction` has counted it."""
        return int(self.slot("upset") or 0)

    # --- who ---------------------------------------------------------------------------------------

    @property
    def sender_id(self) -> str:
        return self.tracker.sender_id

    @cached_property
    def customer_id(self) -> str | None:
        """None for visitors who are not logged in."""
        told = self.tracker.latest_message.get("metadata") or {}
        if "anonymous" in told:
            return None if told["anonymous"] else told["customer_id"]
        # Not from a channel of ours: who opened the conversation is written down.
        conversation = self.services.store.conversations.get(self.sender_id)
        return None if conversation is None or conversation.anonymous else conversation.customer_id

    @property
    def looking_at(self) -> str | None:
        """The product whose page the customer has open, as the merchant's page tells; None when it says nothing."""
        page = (self.tracker.latest_message.get("metadata") or {}).get("page") or {}
        product_id = page.get("product_id")
        return product_id if isinstance(product_id, str) and product_id else None

    @property
    def anonymous(self) -> bool:
        return self.customer_id is None

    @cached_property
    def customer(self) -> Customer | None:
        return self.services.store.customers.get(self.customer_id) if self.customer_id else None

    @cached_property
    def orders(self) -> tuple[Order, ...]:
        """The customer's last fifty, newest first, as they were when this action first looked; of a visitor, none."""
        return tuple(self.services.store.orders.of_customer(self.customer_id, limit=_ORDERS))

    # --- what is remembered ------------------------------------------------------------------------

    def slot(self, name: str) -> Any:
        """As set in this turn, else as remembered."""
        return self._slots[name] if name in self._slots else self.tracker.slots.get(name)

    def set(self, name: str, value: Any) -> None:
        self._slots[name] = value

    @property
    def changed(self) -> dict[str, Any]:
        """Slots that this turn sets to something else than they were."""
        return {k: v for k, v in self._slots.items() if self.tracker.slots.get(k) != v}

    @property
    def shown(self) -> list[str]:
        """Product ids of the last list of goods, in its order."""
        return list(self.slot("shown") or [])

    @property
    def form(self) -> str | None:
        """Name of the form that is being filled in, or None."""
        return self.tracker.active_loop_name

    # --- answering ---------------------------------------------------------------------------------

    def say(self, words: str, buttons: list[dict] | None = None, custom: dict | None = None, **facts: Any) -> None:
        """`words`: the name of a response (`utter_…`, filled with `facts`) or a finished text. `custom`: {"data": {…}}.
        The turn's mood and language go along, so that conditions on these slots see this message's and not the last
        one's. A fact that is one of our own words is said in the language spoken."""
        facts = {name: word(value) if isinstance(value, str) else value for name, value in facts.items()}
        facts = {"mood": self.mood, "language": self.language, **facts}
        if words.startswith("utter_"):
            self.dispatcher.utter_message(response=words, buttons=buttons, json_message=custom, **facts)
        else:
            self.dispatcher.utter_message(text=words, buttons=buttons, json_message=custom)

    def button(self, title: str, intent: str, **entities: Any) -> dict[str, str]:
        """A button that means `intent` with these entities; a `title` of ours is put in the language spoken.
        The channel signs it for this conversation."""
        values = json.dumps(entities, ensure_ascii=False, separators=(",", ":")) if entities else ""
        return {"title": title_said(title), "payload": f"/{intent}{values}"}

    @property
    def human_button(self) -> dict[str, str]:
        return self.button("转人工", HUMAN_INTENT)

    def offer(self, action: str, **slots: Any) -> None:
        """Remembers what was just offered: 好 / 嗯 / 可以 in the next message runs `action` after setting `slots`.
        Any other answer lets the offer lapse."""
        self.set("asked", {"action": action, "slots": slots, "at": self.message_id})

    @property
    def offered(self) -> dict | None:
        """What the bot's last message offered, if anything: {"action", "slots", "at"}."""
        asked = self.slot("asked")
        return asked if isinstance(asked, dict) and asked.get("action") else None

    def follow(self, action: str) -> None:
        """Runs another action next, in the same turn."""
        self.following = action

    def leave_form(self) -> None:
        """Ends the form that is being filled in."""
        self._events += [ActiveLoop(None), SlotSet("requested_slot", None)]

    def add(self, *events: EventType) -> None:
        """Any other Rasa event, e.g. ConversationPaused()."""
        self._events += events

    def events(self) -> list[EventType]:
        """Everything to hand back to Rasa: slots, other events, the following action last."""
        follow = [FollowupAction(self.following)] if self.following else []
        return [SlotSet(k, v) for k, v in self.changed.items()] + self._events + follow

    @property
    def left_form(self) -> bool:
        return any(e.get("event") == "active_loop" and e.get("name") is None for e in self._events)

    @property
    def spoke_of_human(self) -> bool:
        """A message of this turn already has a button to a person."""
        buttons = [b for m in self.dispatcher.messages for b in m.get("buttons") or []]
        return any(b["payload"].startswith(f"/{HUMAN_INTENT}") for b in buttons)
