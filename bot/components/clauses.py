"""Two wishes in one message: 快递到哪了，顺便问下发票怎么开. The first said is answered, the other must not be lost."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.components.features import Reading
from bot.components.intent_model import IntentModel

# Intents that can be a second wish, by what they are about: two about the same thing are one wish said twice.
_MATTERS = {
    "parcel": ("track_order", "urge_delivery"),
    "order": ("cancel_order", "change_order"),
    "goods back": ("request_return", "request_exchange", "ask_refund_status"),
    "suggestion": ("request_recommendation", "refine_recommendation", "compare_products"),
    "price": ("ask_price", "ask_promotion"),
}
_ALONE = (
    "ask_shipping",
    "ask_stock",
    "ask_product_info",
    "ask_payment",
    "ask_invoice",
    "ask_warranty",
    "ask_price_protection",
    "ask_membership",
    "ask_account",
    "privacy_request",
)
MATTER = {intent: matter for matter, intents in _MATTERS.items() for intent in intents} | {one: one for one in _ALONE}
_ENDS = re.compile(r"[,.!?;。、~\n]+|\s+(?=[^\s,.!?;。、~]{4,})")
_SHORTEST = 4
_SURE = 0.9


@dataclass(frozen=True)
class Wish:
    """``intent``, the clause of the normalised message that says it, and how surely that clause is read so, 0…1."""

    intent: str
    text: str
    sureness: float


def clauses_of(normalised: str) -> list[str]:
    """Clauses long enough to say a wish; none when the message is a single one."""
    clauses = [clause.strip() for clause in _ENDS.split(normalised)]
    long_enough = [clause for clause in clauses if len(clause) >= _SHORTEST]
    return long_enough if len(long_enough) > 1 else []


def two_wishes(normalised: Sequence[str], intents: Sequence[str], model: IntentModel) -> list[tuple[Wish, Wish] | None]:
    """For each message that was read as ``intent`` that wish and one about another matter, as said; else None.

    Only what the first stage of ``model`` is very sure of counts: it costs a fraction of a millisecond, and an offer
    that nobody asked for is worse than none. The message's own intent must be one of them: else it is told over several
    clauses, and these are its parts.
    """
    parts = [clauses_of(text) if intent in MATTER else [] for text, intent in zip(normalised, intents, strict=True)]
    flat = [clause for clauses in parts for clause in clauses]
    decisions = iter(model.first_stage.read([Reading.of_normalised(clause) for clause in flat], {}))
    found: list[tuple[Wish, Wish] | None] = []
    for clauses, intent in zip(parts, intents, strict=True):
        read = [(clause, next(decisions).ranking[0]) for clause in clauses]
        sure = [Wish(name, clause, sureness) for clause, (name, sureness) in read if sureness >= _SURE]
        wishes = [wish for wish in sure if wish.intent in MATTER]
        own = next((wish for wish in wishes if MATTER[wish.intent] == MATTER[intent]), None)
        other = next((wish for wish in wishes if MATTER[wish.intent] != MATTER[intent]), None)
        both = own is not None and other is not None
        found.append(tuple(sorted((own, other), key=wishes.index)) if both else None)
    return found
