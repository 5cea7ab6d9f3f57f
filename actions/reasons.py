"""Why something is suggested, in the language spoken: the recommender's Chinese sentence, or the same evidence in
English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from actions import aspects
from actions.language import english
from actions.wish import yuan

if TYPE_CHECKING:
    from recommender import Suggested
    from store.models import Product

_ENGLISH = {
    "due_again": "you bought it {days} days ago, and it is usually bought again after about {usual} days",
    "gift_tag": "the shop marks it “{tag}”",
    "bought_together": "{both} customers bought it together with {other}, which you bought",
    "bought_with_this": "{both} customers bought it together with {other}, which you are looking at",
    "kind_of_this": "also {of}, like {other}, which you are looking at",
    "viewed_together": "{both} customers looked at it and at {other}, which you looked at",
    "same_brand": "the same brand as {other}, which you bought",
    "kind_habit": "you have bought {products} kinds of {of} before, this one is new to you",
    "same_kind": "also {of}, like {other}, which you looked at",
    "segment": "{buyers} customers with similar habits bought it in the last {days} days",
    "wanted_aspect": "you asked for good {aspect}: {good} of the {said} reviews that mention it praise it",
    "praised_aspect": "{good} of the {said} reviews that mention {aspect} praise it",
    "well_reviewed": "{good} of {said} reviews are satisfied",
    "best_in_budget": "the bestseller in your budget: {buyers} buyers in the last {days} days",
    "best_in_kind": "the bestseller among {of}: {buyers} buyers in the last {days} days",
    "top_in_kind": "no. {rank} among {of} in the last {days} days, with {buyers} buyers",
    "best_in_shop": "one of the shop's ten bestsellers: {buyers} buyers in the last {days} days",
    "bought_lately": "{buyers} customers bought it in the last {days} days",
    "cheaper": "¥{by} less than ¥{than}",
    "lowest_price": "the cheapest of {among} that fit",
    "colour": "comes in {colour}, as you wanted",
    "plain": "in stock",
    "watched": "{people} customers have looked at it or bought it",
    "in_budget": "within your price range",
    "bought_ever": "{buyers} customers have bought it",
    "looked_at": "you looked at it and haven't bought it yet",
}
"""One wording for each kind of the recommender's evidence (recommender/reasons.py), with its facts and no others."""


def reason(suggested: Suggested, products: Mapping[str, Product]) -> str:
    """One true sentence; names of goods stay as the merchant writes them."""
    if not english():
        return suggested.reason
    facts = dict(suggested.evidence)
    because = products.get(facts["because"]) if isinstance(facts.get("because"), str) else None
    facts["other"] = because.title if because else "something"
    facts["usual"] = round(facts.get("usual_days") or 0)
    facts |= {price: yuan(facts[price]) for price in ("than", "by") if price in facts}
    if facts.get("aspect") in aspects.by_name():
        facts["aspect"] = aspects.by_name()[facts["aspect"]].english
    return _ENGLISH[facts["kind"]].format_map(facts)
