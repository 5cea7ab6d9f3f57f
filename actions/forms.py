"""Service forms: what a wish needs to know, asked one thing at a time, interrupted freely, confirmed before the deed.

A form is declared by its questions (`Question`) and a few decisions (`ServiceForm`). Three kinds of actions, shared
by all forms and kept in form_actions.py, run it inside Rasa's own form loop: `validate_<form>` reads a message,
`action_ask_case_<what>` asks the next thing, `action_submit_<form>` does the deed.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from actions.orders import own_order
from actions.readers import clear_yes
from actions.turn import Turn

if TYPE_CHECKING:
    from store.models import Order, OrderLine

FIELDS = (
    "order",
    "item",
    "kind",
    "reason",
    "detail",
    "value",
    "title",
    "tax",
    "medium",
    "email",
    "confirm",
    "tries",
    "target",
)
"""What a form may remember; the slot is `case_<field>`. target: the case that is taken back. tries: answers in a row
that did not answer the question."""

WHOLE_ORDER = "all"
"""The item, when all of an order is meant."""


class Draft:
    """What the form knows so far: the slots `case_…`."""

    def __init__(self, turn: Turn) -> None:
        self.turn = turn

    def get(self, field: str) -> Any:
        return self.turn.slot(f"case_{field}")

    def put(self, field: str, value: Any) -> None:
        self.turn.set(f"case_{field}", value)

    def clear(self) -> None:
        for field in FIELDS:
            self.put(field, None)

    @property
    def order(self) -> Order | None:
        """The order, only when it is this customer's."""
        return own_order(self.turn, self.get("order"))

    @property
    def line(self) -> OrderLine | None:
        """The order's line that is meant; None for the whole order."""
        order, item = self.order, self.get("item")
        return next((line for line in order.lines if line.product_id == item), None) if order and item else None

    @property
    def lines(self) -> tuple[OrderLine, ...]:
        """The lines that are meant: one, or the whole order's."""
        order, line = self.order, self.line
        return (line,) if line else (order.lines if order else ())

    @property
    def product_id(self) -> str | None:
        return self.line.product_id if self.line else None

    @property
    def amount(self) -> float:
        return round(sum(line.price * line.quantity for line in self.lines), 2)


@dataclass(frozen=True)
class Question:
    """One thing to know. ask: says the question; its last argument is True when it has been asked before. read: the
    value, or None; its last argument is True when this very question was asked; raises `Unfit` when the answer can't
    be used. needed: whether this case needs it at all."""

    field: str
    ask: Callable[[Turn, Draft, bool], None]
    read: Callable[[Turn, Draft, bool], Any]
    needed: Callable[[Draft], bool] = lambda draft: True


class ServiceForm(ABC):
    """One kind of service. Subclasses are values: no state of a talk is kept in them."""

    name: ClassVar[str]
    deed: ClassVar[str]
    """What it does, in the customer's words: 取消订单."""
    verbs: ClassVar[str]
    """A pattern of the words for it in a yes: 确认取消, 好的退吧."""
    intents: ClassVar[frozenset[str]]
    """Readings that are this form's own matter; the first is the one that starts it."""
    main_intent: ClassVar[str]
    questions: tuple[Question, ...]
    """In the order asked; set by the subclass's `__init__`, since readers and questions may be its methods."""
    kept: ClassVar[str] = "utter_kept"
    """The response that says what stays when the wish is taken back."""
    explains: ClassVar[str] = "utter_explain_form"

    def open(self, turn: Turn) -> bool:
        """Before the form starts: answers what is only a question and refuses what can't be done. True: start the
        form."""
        return True

    def fill(self, turn: Turn, draft: Draft) -> None:  # noqa: B027 – most forms have nothing to fill
        """Fills what follows from the data or from several words at once, at the start and after each answer."""

    def refuse(self, turn: Turn, draft: Draft) -> bool:
        """Says why this case can't go on, with a way on. True: said, the form ends."""
        return False

    @abstractmethod
    def submit(self, turn: Turn, draft: Draft) -> None:
        """Does the deed within `turn.deadline` and says it with its number."""

    def token(self, draft: Draft) -> str:
        """What a confirm button confirms. A button of an older question has another token and confirms nothing."""
        parts = [self.name] + [str(draft.get(field) or "") for field in ("order", "item", "kind", "target")]
        return ":".join(parts)

    def confirm_buttons(self, turn: Turn, draft: Draft, yes: str, no: str) -> list[dict[str, str]]:
        token = self.token(draft)
        return [turn.button(yes, "affirm", case=token), turn.button(no, "deny", case=token)]

    def read_confirm(self, turn: Turn, draft: Draft, asked: bool) -> bool | None:
        """Reader of the last question: only its own button, or a clear yes in words, is a yes."""
        if not asked:
            return None
        if turn.pressed:
            return True if turn.intent == "affirm" and turn.entity("case") == self.token(draft) else None
        if turn.offered and not re.search(r"确认|确定", turn.text):
            return None  # 好 may as well take up what was offered in between: a person
        return True if clear_yes(turn.text, self.verbs) else None

    def question(self, field: str) -> Question:
        return next(q for q in self.questions if q.field == field)

    def next_question(self, draft: Draft) -> Question | None:
        return next((q for q in self.questions if q.needed(draft) and draft.get(q.field) is None), None)
