"""How goods are written: one line each that reads well in a terminal, and the card that the contract describes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from actions.language import word
from actions.wish import yuan

if TYPE_CHECKING:
    from recommender import Suggested, Suggestions
    from store.models import Product

LONGEST_NAME = 26  # characters; a title of a Chinese shop may have 60


def name_of(product: Product) -> str:
    """The title, cut at a blank so that it fits a line."""
    if len(product.title) <= LONGEST_NAME:
        return product.title
    cut = product.title[:LONGEST_NAME]
    return (cut.rsplit(" ", 1)[0] if " " in cut else cut) + "…"


def price_of(product: Product) -> str:
    return f"￥{yuan(product.price)}"


def numbered(products: Sequence[Product], notes: Iterable[str] = ()) -> str:
    """1. title  ￥price, and under each its note, if it has one."""
    noted = list(notes) + [""] * len(products)
    lines = []
    for place, (product, note) in enumerate(zip(products, noted, strict=False), start=1):
        lines.append(f"{place}. {name_of(product)}  {price_of(product)}" + (f"\n   {note}" if note else ""))
    return "\n".join(lines)


def joined_names(products: Sequence[Product]) -> str:
    return word("、").join(name_of(p) for p in products)


def goods_message(suggestions: Suggestions, products: dict[str, Product], notes: dict[str, str]) -> dict[str, Any]:
    """`custom` of the one message that shows goods. `notes`: product id → reason as the customer reads it."""
    return _message(
        suggestions.strategy,
        suggestions.personalised,
        [_card(products[s.product_id], notes[s.product_id], s) for s in suggestions.items],
    )


def found_message(products: Sequence[Product], notes: dict[str, str]) -> dict[str, Any]:
    """The same for goods that were looked up by their description: nothing of the customer's own was used."""
    return _message("content", False, [_card(p, notes.get(p.product_id, "")) for p in products])


def _card(product: Product, reason: str, suggested: Suggested | None = None) -> dict[str, Any]:
    card = {
        "product_id": product.product_id,
        "title": product.title,
        "price": product.price,
        "image_url": product.image_url,
        "reason": reason,
        "score": float(suggested.score) if suggested else 1.0,
    }
    if suggested is not None:
        card["propensity"] = float(suggested.propensity)
        if "aspect" in suggested.evidence:
            card["aspect"] = suggested.evidence["aspect"]
    return card


def _message(strategy: str, personalised: bool, items: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "data": {
            "type": "products",
            "impression_id": uuid4().hex,
            "strategy": strategy,
            "personalised": personalised,
            "items": items,
        }
    }
