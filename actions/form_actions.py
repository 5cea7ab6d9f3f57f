"""The actions that run service forms inside Rasa's form loop, made once for each form and for each question.

Whatever ends a form names the action that comes next itself (`turn.follow`): a rule that waits for the end of a loop
doesn't match a form that ends in the turn in which it began.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from rasa_sdk.events import ActionExecutionRejected, SlotSet

from actions.base import ZhikeAction
from actions.faq import NEAR
from actions.faq_answers import answer_inside_form, find_answer, say_answer
from actions.forms import Draft, ServiceForm
from actions.readers import Unfit, asks_something, refuses, wishes_after_refusal
from actions.turn import Turn
from store.errors import DeadlinePassed, StoreUnavailable

log = logging.getLogger(__name__)

PATIENCE = 3
"""After so many answers in a row that say nothing to the question, a person is offered."""

NO_WISH = frozenset({"inform", "affirm", "deny", "clarify", "nlu_fallback"})
"""Readings that make sense only as an answer; any other reading that answers nothing is a wish of its own."""


@dataclass(frozen=True)
class Stage:
    """starting: the form begins with this message. returning: another action answered this message, the form only
    asks again."""

    starting: bool
    returning: bool


def stage_of(turn: Turn, form_name: str) -> Stage:
    """Read off the events since the customer's last message."""
    since: list[dict] = []
    for event in reversed(turn.tracker.events):
        if event.get("event") == "user":
            break
        since.append(event)
    starting = any(e.get("event") == "active_loop" and e.get("name") == form_name for e in since)
    others = {e.get("name") for e in since if e.get("event") == "action"} - {
        form_name,
        "action_listen",
        "action_extract_slots",
        None,
    }
    return Stage(starting, not starting and bool(others))


# --- the shared actions -----------------------------------------------------------------------------


class ReadAnswer(ZhikeAction):
    """`validate_<form>`: what does this message answer, and what comes next?"""

    soothes = False
    resumes_form = False
    sets_topic = False
    offers_human = False
    ends_turn = False
    form: ClassVar[ServiceForm]

    def _before(self, turn: Turn) -> None:
        """The mood is counted by whoever answers this message in the end: see `_keep` and the interrupting action."""

    def _after(self, turn: Turn) -> None:
        if not any(e.get("event") == "action_execution_rejected" for e in turn.events()):
            super()._after(turn)
            # Rasa takes a validation that sets no slot for a message that answered nothing.
            turn.add(SlotSet("case_tries", turn.slot("case_tries")))

    def handle(self, turn: Turn) -> None:
        form, draft = self.form, Draft(turn)
        stage = stage_of(turn, form.name)
        pending = None if stage.starting else turn.slot("requested_slot")
        if stage.returning:
            self._ask_differently(draft)
            turn.add(SlotSet("requested_slot", pending))
            return
        if stage.starting:
            draft.clear()
            draft.put("tries", 0)
        if pending is None or not self._leaves(turn):
            self._read(turn, draft, str(pending or "").removeprefix("case_"))
        else:
            self._give_way(turn)

    def _leaves(self, turn: Turn) -> bool:
        """A person is one message away from everywhere."""
        return turn.intent in ("request_human", "goodbye")

    def _read(self, turn: Turn, draft: Draft, pending: str) -> None:
        form = self.form
        try:
            answered = self._fill(turn, draft, pending)
        except Unfit as unfit:
            self._keep(turn)
            turn.say(unfit.response, **unfit.facts)
            self._count_useless(draft)
            self._ask(turn, draft)
            return
        if pending and not answered and refuses(turn):
            self._keep(turn)
            turn.say(form.kept, deed=form.deed, order=str(draft.get("order") or ""))
            wishes = self._wishes_otherwise(turn) and wishes_after_refusal(turn.text)
            self._end(turn, draft, f"action_{turn.intent}" if wishes else "action_listen")
        elif not pending or answered:
            self._keep(turn)
            draft.put("tries", 0)
            form.fill(turn, draft)
            if form.refuse(turn, draft):
                self._end(turn, draft)
            else:
                self._ask(turn, draft)
        else:
            self._not_answered(turn, draft)

    def _fill(self, turn: Turn, draft: Draft, pending: str) -> bool:
        """Reads the pending answer, then whatever else the message says outright. A value said anew replaces the old
        one."""
        form, changed = self.form, False
        if pending:
            value = form.question(pending).read(turn, draft, True)
            if value is not None:
                draft.put(pending, value)
                changed = True
        if changed and (pending == "confirm" or turn.pressed):
            return True
        if pending and self._wishes_otherwise(turn) and asks_something(turn.text):
            return changed  # 坚果到哪了, while another order is being cancelled, names no other order to cancel
        for question in form.questions:
            if question.field in (pending, "confirm"):
                continue
            value = question.read(turn, draft, False)
            if value is not None and value != draft.get(question.field) and question.needed(draft):
                draft.put(question.field, value)
                changed = True
        return changed

    def _wishes_otherwise(self, turn: Turn) -> bool:
        return not turn.pressed and turn.intent not in NO_WISH | self.form.intents

    def _not_answered(self, turn: Turn, draft: Draft) -> None:
        form = self.form
        own = turn.intent in form.intents
        if (own or turn.intent in NO_WISH) and asks_something(turn.text) and answer_inside_form(turn, form.main_intent):
            self._keep(turn)
            self._ask_differently(draft)
            self._ask(turn, draft)
        elif turn.intent == "clarify":
            self._keep(turn)
            turn.say(form.explains, deed=form.deed)
            self._count_useless(draft)
            self._ask(turn, draft)
        elif turn.intent == "affirm" and self._offered_person(turn, draft):
            self._keep(turn)
            turn.leave_form()
            turn.follow("action_request_human")
        elif own or turn.intent in NO_WISH:
            self._keep(turn)
            self._count_useless(draft)
            self._ask(turn, draft)
        else:
            self._give_way(turn)

    @staticmethod
    def _offered_person(turn: Turn, draft: Draft) -> bool:
        return (draft.get("tries") or 0) >= PATIENCE or (turn.offered or {}).get("action") == "action_request_human"

    def _give_way(self, turn: Turn) -> None:
        """Lets the action of this message's own reading answer; Rasa comes back to the form unless that action ends
        it."""
        turn.add(ActionExecutionRejected(self.form.name))

    def _keep(self, turn: Turn) -> None:
        super()._before(turn)

    @staticmethod
    def _ask_differently(draft: Draft) -> None:
        """A question that was put before is not put in the same words; that a question was asked between is no
        useless answer."""
        draft.put("tries", max(1, draft.get("tries") or 0))

    @staticmethod
    def _count_useless(draft: Draft) -> None:
        draft.put("tries", (draft.get("tries") or 0) + 1)

    def _ask(self, turn: Turn, draft: Draft) -> None:
        question = self.form.next_question(draft)
        turn.add(SlotSet("requested_slot", f"case_{question.field}" if question else None))
        if question is None:
            turn.follow(f"action_submit_{self.form.name}")

    def _end(self, turn: Turn, draft: Draft, then: str = "action_listen") -> None:
        draft.clear()
        turn.leave_form()
        turn.follow(then)


class AskNext(ZhikeAction):
    """`action_ask_case_<field>`: asks what the form wants to know next."""

    soothes = False
    resumes_form = False
    sets_topic = False
    ends_turn = False
    field: ClassVar[str]
    forms: ClassVar[dict[str, ServiceForm]]

    def _after(self, turn: Turn) -> None:
        """After an interruption the interrupting action has done all of this."""
        if not stage_of(turn, turn.form or "").returning:
            super()._after(turn)

    def handle(self, turn: Turn) -> None:
        form, draft = self.forms[turn.form or ""], Draft(turn)
        tries = draft.get("tries") or 0
        if tries and tries % PATIENCE == 0:
            turn.say("utter_form_stuck", buttons=[turn.human_button, turn.button("先不办了", "deny")], deed=form.deed)
        form.question(self.field).ask(turn, draft, tries > 0)


class Submit(ZhikeAction):
    """`action_submit_<form>`: the deed. What fails is told as not done; nothing is left half done."""

    soothes = False
    resumes_form = False
    sets_topic = False
    form: ClassVar[ServiceForm]

    def handle(self, turn: Turn) -> None:
        draft = Draft(turn)
        try:
            self.form.submit(turn, draft)
        except (StoreUnavailable, DeadlinePassed):
            log.exception("%s was not done", self.form.name)
            again = {"order_id": draft.get("order")} if draft.get("order") else {}
            turn.say(
                "utter_not_recorded",
                deed=self.form.deed,
                buttons=[turn.button("再试一次", self.form.main_intent, **again), turn.human_button],
            )
        if draft.get("order"):
            turn.set("order_focus", draft.get("order"))
        draft.clear()


class OpenForm(ZhikeAction):
    """The action of an intent that a form serves: answers a mere question, refuses what can't be done, or starts the
    form."""

    form: ClassVar[ServiceForm]

    def handle(self, turn: Turn) -> None:
        if turn.anonymous:
            # The shop's rules are for everybody; an order is for its owner.
            match = find_answer(turn, self.form.main_intent, NEAR)
            if match:
                say_answer(turn, match)
            turn.say("utter_login_first", deed=self.form.deed, buttons=[turn.human_button])
        elif self.form.open(turn):
            turn.follow(self.form.name)


def actions_for(forms: Iterable[ServiceForm]) -> dict[str, type[ZhikeAction]]:
    """The action classes of these forms, by action name: validate, submit and the questions shared by all."""
    by_name = {form.name: form for form in forms}
    made: dict[str, type[ZhikeAction]] = {}

    def make(base: type[ZhikeAction], action_name: str, **attributes: Any) -> None:
        made[action_name] = type(
            base.__name__ + "_" + action_name,
            (base,),
            {"action_name": action_name, "__module__": __name__, **attributes},
        )

    for form in by_name.values():
        make(ReadAnswer, f"validate_{form.name}", form=form)
        make(Submit, f"action_submit_{form.name}", form=form)
    for field in {question.field for form in by_name.values() for question in form.questions}:
        make(AskNext, f"action_ask_case_{field}", field=field, forms=by_name)
    return made
