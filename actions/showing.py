"""Putting goods on the table: the words around them, the cards, what is remembered of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from actions import goods_text, suggesting
from actions.language import word
from actions.reasons import reason
from actions.references import known
from actions.steering import CHEAPER, MORE, OTHER_KIND

if TYPE_CHECKING:
    from actions.turn import Turn
    from actions.wish import Wish
    from recommender import Suggestions
    from store.models import Product

# Evidence that goods sell; without it nothing is called popular.
SOLD = frozenset({"best_in_budget", "best_in_kind", "top_in_kind", "best_in_shop", "bought_lately"})
REMEMBERED = 120  # product ids kept of what was shown in one wish


def show(turn: Turn, wish: Wish, found: Suggestions, words: str | None = None, **facts: str) -> None:
    """Says the goods as one message and remembers them. `words`: the response; by default the wish decides."""
    goods = known(turn, [s.product_id for s in found.items])
    reasons = _reasons(turn, wish, found, goods)
    custom = goods_text.goods_message(found, {p.product_id: p for p in goods}, reasons)
    lead = words or _lead(wish, found) if found.exact else "utter_nearest"
    turn.say(
        lead,
        custom=custom,
        buttons=_steer_buttons(turn, goods),
        goods=goods_text.numbered(goods, [reasons[p.product_id] for p in goods]),
        wanted=wish.described() or "这样",
        asking=_one_question(wish, found),
        **facts,
    )
    remember(turn, goods, reasons, custom)
    turn.set("wish", wish.to_slot())


def _reasons(turn: Turn, wish: Wish, found: Suggestions, goods: list[Product]) -> dict[str, str]:
    """product id → the reason, led by what this one is not, when it is only the nearest."""
    known_reasons = {s.product_id: reason(s, turn.services.catalogue().products) for s in found.items}
    if found.exact:
        return known_reasons
    return {
        p.product_id: word("，").join((*suggesting.misses(wish, found.relaxed, p), known_reasons[p.product_id]))
        for p in goods
    }


def remember(turn: Turn, goods: list[Product], reasons: dict[str, str], custom: dict) -> None:
    ids = [p.product_id for p in goods]
    turn.set("shown", ids)
    turn.set("shown_before", list(dict.fromkeys([*(turn.slot("shown_before") or []), *ids]))[-REMEMBERED:])
    data = custom["data"]
    turn.set(
        "showing", {"impression_id": data["impression_id"], "personalised": data["personalised"], "reasons": reasons}
    )
    turn.set("focus", ids[0] if len(ids) == 1 else None)


def _lead(wish: Wish, found: Suggestions) -> str:
    if wish.for_other and not wish.tags & set(found.unmatched_tags):
        return "utter_suggest_gift"
    if not wish.empty:
        return "utter_suggest"
    if found.personalised:
        return "utter_suggest_personal"
    sells = all(s.evidence.get("kind") in SOLD for s in found.items)
    return "utter_suggest_popular" if sells else "utter_suggest_some"


def _one_question(wish: Wish, found: Suggestions) -> str:
    """At most one, after showing something, and only where the answer would narrow it down."""
    if not found.exact:
        return ""
    priced = wish.max_price is not None or wish.min_price is not None or wish.below is not None
    if wish.for_other and not wish.kinds:
        asked = (
            "\n{recipient}平时喜欢什么？我再挑准一点。"
            if priced
            else "\n{recipient}平时喜欢什么、大概什么预算？我再挑准一点。"
        )
        return word(asked, recipient=wish.recipient)
    if wish.kinds and not priced and not wish.brands:
        return word("\n大概什么价位合适？我可以再挑准一点。")
    return ""


def _steer_buttons(turn: Turn, goods: list[Product]) -> list[dict]:
    buttons = [turn.button("换一批", "refine_recommendation", topic=MORE)]
    if len(goods) > 1:
        buttons.append(turn.button("便宜点的", "refine_recommendation", topic=CHEAPER))
    return [*buttons, turn.button("为什么推荐", "ask_recommendation_reason")]


def nothing_fits(turn: Turn, wish: Wish) -> None:
    """Not even the nearest: say so and offer to let something go."""
    turn.set("wish", wish.to_slot())
    turn.say(
        "utter_nothing_fits",
        wanted=wish.described() or "您要的",
        buttons=[turn.button("看看别的种类", "refine_recommendation", topic=OTHER_KIND), turn.human_button],
    )


def no_more(turn: Turn, wish: Wish, words: str, edge: Product | None = None) -> None:
    """This way is at its end. `edge`: the cheapest or dearest shown, which already is the last."""
    buttons = [turn.button("换一类看看", "refine_recommendation", topic=OTHER_KIND)]
    if words != "utter_no_more":
        buttons.insert(0, turn.button("换一批", "refine_recommendation", topic=MORE))
    turn.set("wish", wish.to_slot())
    turn.say(
        words,
        wanted=wish.described() or "这一类",
        title=goods_text.name_of(edge) if edge else "",
        price=goods_text.price_of(edge) if edge else "",
        buttons=buttons,
    )
