"""A new session begins: nothing stale is carried over, but half a case is not forgotten either."""

from __future__ import annotations

from typing import Any, ClassVar

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActionExecuted, EventType, SessionStarted, SlotSet
from rasa_sdk.executor import CollectingDispatcher

FORM_INTENTS: dict[str, str] = {
    "return_form": "request_return",
    "exchange_form": "request_exchange",
    "cancel_form": "cancel_order",
    "change_form": "change_order",
    "problem_form": "report_problem",
    "invoice_form": "ask_invoice",
    "repair_form": "ask_warranty",
    "price_protection_form": "ask_price_protection",
    "privacy_form": "privacy_request",
}
"""Which intent begins a form again."""


class SessionStart(Action):
    """`SessionStarted` empties all slots. After a form left half done, the greeting offers to go on with it."""

    action_name: ClassVar[str] = "action_session_start"

    def name(self) -> str:
        return self.action_name

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        intent = FORM_INTENTS.get(tracker.active_loop_name or "")
        left_open = [SlotSet("unfinished", {"intent": intent})] if intent else []
        return [SessionStarted(), *left_open, ActionExecuted("action_listen")]
