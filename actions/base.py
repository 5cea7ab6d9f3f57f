"""What every action has in common: no silence, no half-done deed, an ear for the mood, and the way back to a form."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from typing import Any, ClassVar

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActionExecutionRejected, EventType, FollowupAction
from rasa_sdk.executor import CollectingDispatcher

from actions import second_wish
from actions.context import meant_instead
from actions.language import DEFAULT, speaking, word
from actions.mood import soothe
from actions.services import services
from actions.turn import HUMAN_INTENT, Turn

log = logging.getLogger(__name__)
MOVES = frozenset({"affirm", "deny", "inform", "clarify", "nlu_fallback"})


class ZhikeAction(Action, ABC):
    """A subclass gives `action_name` and `handle`; about 15 lines: read the turn → ask a service → say it."""

    soothes: ClassVar[bool] = True
    """The base says a sentence of sympathy first when the message is upset. False: the action's own words do."""
    counts_mood: ClassVar[bool] = True
    """False: an upset tone here is about goods shown (太贵了), not about the shop, and doesn't call for a person."""
    offers_human: ClassVar[bool] = True
    """The base offers a person when the customer is upset again. False: the action is about a person anyway."""
    resumes_form: ClassVar[bool] = True
    """When this action interrupts a form, the form asks its question again. False: for what ends or hands in a form."""
    sets_topic: ClassVar[bool] = True
    """False: a move in the talk (yes, thanks, what do you mean), which leaves what the talk is about."""
    ends_turn: ClassVar[bool] = True
    """After another action it ends the turn: no rule knows what comes after the two. False: runs in a form."""
    is_fallback: ClassVar[bool] = False
    """True: not understood; does not reset the count of messages not understood in a row."""

    @property
    @abstractmethod
    def action_name(self) -> str:
        """A plain class attribute in a subclass. One without it is abstract, so that rasa-sdk doesn't register it."""

    def name(self) -> str:
        return self.action_name

    @abstractmethod
    def handle(self, turn: Turn) -> None:
        """Answers. Raises freely: `run` turns any error into an apology and drops what was said and set so far."""

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        return self.perform(dispatcher, tracker)

    def perform(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        """The synchronous body of `run`; whoever calls it bounds its time."""
        said_before = len(dispatcher.messages)
        turn = None
        try:
            turn = Turn(dispatcher, tracker, services())
            if turn.language != (turn.slot("language") or DEFAULT):
                turn.set("language", turn.language)
            with speaking(turn.language):
                instead = meant_instead(turn) if turn.first_action else None
                self._before(turn)
                if instead:
                    turn.follow(instead)
                else:
                    self.handle(turn)
                    self._after(turn)
            # The fallback may run where no rule fits, and none would end the turn after it.
            came_after_another = tracker.latest_action_name not in (None, "action_listen")
            if self.ends_turn and not turn.following and (came_after_another or self.is_fallback):
                turn.follow("action_listen")
            return turn.events()
        except Exception:
            log.exception("%s failed", self.action_name)
            del dispatcher.messages[said_before:]
            _apologise(dispatcher, turn)
            # Rejected, so that the record never says executed; and nothing that would speak of success runs after it.
            return [ActionExecutionRejected(self.action_name), FollowupAction("action_listen")]

    def _before(self, turn: Turn) -> None:
        first_action = turn.first_action
        if first_action:
            _count_mood(turn, self.counts_mood)
            second_wish.keep(turn)
        if turn.message_id:
            turn.set("counted", turn.message_id)
        if first_action and self.soothes and turn.upset_now:
            soothe(turn)

    def _after(self, turn: Turn) -> None:
        if not self.is_fallback and turn.slot("fallbacks"):
            turn.set("fallbacks", 0)
        if self.sets_topic:
            _remember_topic(turn, self.action_name)
        _let_old_offer_lapse(turn)
        may_offer = self.offers_human and self.counts_mood and not turn.following and not turn.spoke_of_human
        if may_offer and _upset_again(turn):
            turn.say("utter_offer_human", buttons=[turn.human_button])
        if turn.form and self.resumes_form and not turn.following and not turn.left_form:
            turn.follow(turn.form)
        if self.offers_human:  # else a person takes over, or a form goes on
            second_wish.offer(turn)


def _count_mood(turn: Turn, counts: bool) -> None:
    turn.set("mood", turn.mood)
    if turn.upset_now and counts:
        turn.set("upset", turn.upset + 1)
    elif turn.mood == "positive" and not turn.pressed and turn.upset:
        turn.set("upset", 0)


def _upset_again(turn: Turn) -> bool:
    return turn.upset_now and turn.upset >= turn.services.limits.upset_turns


def _remember_topic(turn: Turn, action: str) -> None:
    """What the answer was about, for 什么意思 and 我问的不是这个 in the next message. After a yes or a told value it is
    the action's own subject that counts, not the move."""
    intent = action.removeprefix("action_") if turn.intent in MOVES else turn.intent
    others = [other for other, _ in turn.ranking if other != turn.intent][:2]
    turn.set("topic", {"intent": intent, "others": others})


def _let_old_offer_lapse(turn: Turn) -> None:
    """An offer is good for the next message only. One made in this turn, by this action or the one before it, stays."""
    asked = turn.slot("asked")
    same_message = isinstance(asked, dict) and bool(turn.message_id) and asked.get("at") == turn.message_id
    if asked and "asked" not in turn.changed and not same_message:
        turn.set("asked", None)


def _apologise(dispatcher: CollectingDispatcher, turn: Turn | None) -> None:
    """Said when something broke. Nothing was recorded as done, and the customer can try again or ask for a person."""
    language = turn.language if turn is not None else DEFAULT
    with speaking(language):
        again = [{"title": word("再试一次"), "payload": turn.text}] if turn is not None and turn.text else []
        human = {"title": word("转人工"), "payload": f"/{HUMAN_INTENT}"}
    dispatcher.utter_message(response="utter_something_broke", buttons=[*again, human], language=language)
