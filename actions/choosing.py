"""Questions that most forms ask: which order, which of its goods, why, is it right so."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from actions.forms import WHOLE_ORDER, Draft, Question
from actions.orders import find_order, goods, named_order, short, show_list
from actions.readers import REASONS, Reason, Unfit, plain, reason_by_key, reason_of, refuses
from actions.turn import Turn

if TYPE_CHECKING:
    from store.models import Order, OrderLine

OWN_WORDS = frozenset({"inform", "report_problem", "chitchat", "praise", "ask_product_info"})
"""Readings under which a free answer to "why?" comes in."""

Fits = Callable[["Order"], bool]


def order_question(fits: Fits, intent_words: str, may: Callable[[Turn], Fits] | None = None) -> Question:
    """Which order. fits: the orders offered; may: the same, when it depends on the moment (terms).
    intent_words: what is done with it, for the question."""

    def which(turn: Turn) -> Fits:
        return may(turn) if may else fits

    def ask(turn: Turn, draft: Draft, again: bool) -> None:
        fitting = [o for o in turn.orders if which(turn)(o)]
        pool = named_order(turn, fitting).several or fitting  # 耳机坏了: those with earphones
        show_list(
            turn, "utter_ask_case_order_again" if again else "utter_ask_case_order", pool, "inform", deed=intent_words
        )

    def read(turn: Turn, draft: Draft, asked: bool) -> str | None:
        found = named_order(turn, turn.orders) if draft.get("order") else find_order(turn, which(turn))
        if found.refused:
            if asked or not draft.get("order"):
                raise Unfit("utter_order_not_found_again", number=found.refused)
            return None
        return found.order.order_id if found.order else None

    return Question("order", ask, read)


def item_question(needed: Callable[[Draft], bool] = lambda draft: True, whole: bool = True) -> Question:
    """Which of the order's goods; asked only when there are several."""

    def ask(turn: Turn, draft: Draft, again: bool) -> None:
        lines = draft.order.lines if draft.order else ()
        buttons = [turn.button(short(line.title, 12), "inform", choice=line.product_id) for line in lines[:5]]
        if whole:
            buttons.append(turn.button("整单都要", "inform", choice=WHOLE_ORDER))
        listed = "\n".join(f"{n}. {short(line.title)} ×{line.quantity}" for n, line in enumerate(lines, 1))
        turn.say("utter_ask_case_item_again" if again else "utter_ask_case_item", buttons=buttons, items=listed)

    def read(turn: Turn, draft: Draft, asked: bool) -> str | None:
        order = draft.order
        if order is None:
            return None
        if len(order.lines) == 1:
            return order.lines[0].product_id
        chosen = turn.entity("choice")
        ids = [line.product_id for line in order.lines]
        if asked and chosen in [*ids, WHOLE_ORDER]:
            return chosen
        place = turn.entity("ordinal")
        if asked and isinstance(place, int) and (place == -1 or 1 <= place <= len(ids)):
            return ids[place if place == -1 else place - 1]
        if (
            whole
            and asked
            and any(word in turn.text for word in ("都", "全", "整单", "一起", "all", "everything", "both", "whole"))
        ):
            return WHOLE_ORDER
        hits = [line for line in order.lines if line_is_meant(turn, line, asked)]
        return hits[0].product_id if len(hits) == 1 else None

    return Question("item", ask, read, lambda draft: draft.order is not None and needed(draft))


def line_is_meant(turn: Turn, line: OrderLine, asked: bool) -> bool:
    product = turn.services.catalogue().products.get(line.product_id)
    kinds = set(product.kinds) if product else set()
    if not turn.pressed and any(kind in turn.text for kind in kinds):
        return True
    if line.product_id in turn.entities("product") or kinds & set(turn.entities("category")):
        return True
    words = plain(turn.text)
    return asked and len(words) >= 2 and not turn.pressed and (words in plain(line.title) or plain(line.title) in words)


def reason_question(
    intent_words: str, keys: tuple[str, ...], needed: Callable[[Draft], bool] = lambda draft: True
) -> Question:
    """Why. The value is {"key", "text"}: a known reason, or the customer's own words as `other`."""
    offered = [reason for reason in REASONS if reason.key in keys]

    def ask(turn: Turn, draft: Draft, again: bool) -> None:
        buttons = [turn.button(reason.label, "inform", choice=reason.key) for reason in offered]
        turn.say(
            "utter_ask_case_reason_again" if again else "utter_ask_case_reason", buttons=buttons, deed=intent_words
        )

    def read(turn: Turn, draft: Draft, asked: bool) -> dict[str, str] | None:
        if turn.pressed:
            chosen = reason_by_key(turn.entity("choice"))
            return {"key": chosen.key, "text": chosen.label} if chosen else None
        found = reason_of(turn.text)
        if found:
            return {"key": found.key, "text": turn.text.strip()[:100]}
        said = plain(turn.text)
        own_words = turn.intent in OWN_WORDS and len(said) >= 3
        own_words |= turn.intent == "nlu_fallback" and len(set(said)) >= 5
        if asked and own_words and not refuses(turn):
            return {"key": "other", "text": turn.text.strip()[:100]}
        return None

    return Question("reason", ask, read, needed)


def reason_in(draft: Draft) -> Reason | None:
    value = draft.get("reason")
    return reason_by_key(value.get("key")) if isinstance(value, dict) else None


def reason_label(draft: Draft) -> str:
    found, value = reason_in(draft), draft.get("reason")
    return found.label if found else str((value or {}).get("text", "")) if isinstance(value, dict) else ""


def choice_question(
    field: str,
    words: str,
    choices: dict[str, str],
    read: Callable[[Turn, Draft, bool], Any],
    needed: Callable[[Draft], bool] = lambda draft: True,
) -> Question:
    """One of a few: buttons, or words that `read` knows. choices: value → what its button says."""

    def ask(turn: Turn, draft: Draft, again: bool) -> None:
        buttons = [turn.button(label, "inform", choice=value) for value, label in choices.items()]
        turn.say(f"{words}_again" if again else words, buttons=buttons)

    def read_choice(turn: Turn, draft: Draft, asked: bool) -> Any:
        chosen = turn.entity("choice")
        if chosen in choices:
            return chosen
        return None if turn.pressed else read(turn, draft, asked)

    return Question(field, ask, read_choice, needed)


def text_question(
    field: str,
    words: str,
    read: Callable[[str, bool], str | None],
    needed: Callable[[Draft], bool] = lambda draft: True,
) -> Question:
    """A value typed by the customer; `read(text, asked)` finds it or raises Unfit."""

    def ask(turn: Turn, draft: Draft, again: bool) -> None:
        turn.say(f"{words}_again" if again else words)

    def read_text(turn: Turn, draft: Draft, asked: bool) -> str | None:
        return None if turn.pressed else read(turn.text, asked)

    return Question(field, ask, read_text, needed)


def goods_meant(draft: Draft) -> str:
    """The goods that are meant, for questions and answers."""
    line, order = draft.line, draft.order
    if line is not None:
        return short(line.title) + (f" ×{line.quantity}" if line.quantity > 1 else "")
    return goods(order) if order else ""
