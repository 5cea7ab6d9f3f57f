"""From a wish to goods: what the recommender is asked, and what may not be shown to this customer."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from actions.language import word
from actions.wish import yuan
from recommender import Event, Request, Suggestions

if TYPE_CHECKING:
    from actions.turn import Turn
    from actions.wish import Wish
    from store.models import Product

LIVE_HISTORY = timedelta(days=90)  # older events are in the trained model


def request_for(turn: Turn, wish: Wish, leave_out: Iterable[str] = ()) -> Request:
    """`leave_out`: ids not to show, beside those that are never shown (cart, disliked, unfitting size or colour)."""
    customer, store = turn.customer, turn.services.store
    consent = customer is not None and customer.consent_personalisation is True
    exclude = set(leave_out) | _unfitting(turn, wish)
    bought, history = {}, ()
    if customer is not None:
        bought = store.orders.bought(customer.customer_id)
        events = store.behaviour.of_customer(customer.customer_id, since=turn.services.now() - LIVE_HISTORY)
        exclude |= store.behaviour.cart(customer.customer_id) | {e.product_id for e in events if e.type == "dislike"}
        history = tuple(Event(e.product_id, e.type, e.at, e.value) for e in events) if consent else ()
    return Request(
        n=turn.services.limits.suggestions,
        customer_id=turn.customer_id,
        personalised=consent,
        history=history,
        bought=bought,
        kinds=frozenset(wish.kinds),
        exclude_kinds=frozenset(wish.exclude_kinds),
        brands=frozenset(wish.brands),
        exclude_brands=frozenset(wish.exclude_brands),
        colours=frozenset(wish.colours),
        min_price=wish.min_price,
        max_price=wish.max_price,
        cheaper_than=wish.below,
        tags=wish.tags,
        aspects=frozenset(wish.aspects),
        exclude=frozenset(exclude),
        looking_at=frozenset({turn.looking_at} if turn.looking_at else ()),
        for_other=wish.for_other,
        now=turn.services.now(),
    )


def _unfitting(turn: Turn, wish: Wish) -> set[str]:
    """Goods without the size that is wanted, or only in colours that are not."""
    if not wish.sizes and not wish.exclude_colours:
        return set()
    unwanted = set(wish.exclude_colours)
    return {
        p.product_id
        for p in turn.services.catalogue().products.values()
        if (wish.sizes and p.sizes and not set(wish.sizes) & set(p.sizes))
        or (unwanted and p.colours and set(p.colours) <= unwanted)
    }


def ask(turn: Turn, request: Request) -> Suggestions:
    return turn.services.recommender().suggest(request)


def ask_fresh(turn: Turn, request: Request, shown: Iterable[str]) -> Suggestions:
    """Goods not shown yet if enough of them keep all limits; those seen may come again rather than fewer or worse."""
    fresh = ask(turn, replace(request, exclude=request.exclude | frozenset(shown)))
    return fresh if fresh.exact and len(fresh.items) >= request.n else ask(turn, request)


def misses(wish: Wish, relaxed: str | None, product: Product) -> list[str]:
    """For goods that are only the nearest: in which respects this one is not as wanted. `relaxed`: the limits that were
    let go, as the recommender names them."""
    let_go = (relaxed or "").split("+")
    return [said for limit, miss in _MISSES.items() if limit in let_go and (said := miss(wish, product))]


def _above_budget(wish: Wish, product: Product) -> str:
    over = 0 if wish.max_price is None else round(product.price - wish.max_price, 2)
    return word("比预算高 {over} 元", over=yuan(over)) if over > 0 else ""


def _below_budget(wish: Wish, product: Product) -> str:
    under = 0 if wish.min_price is None else round(wish.min_price - product.price, 2)
    return word("比您说的价位低 {under} 元", under=yuan(under)) if under > 0 else ""


def _not_cheaper(wish: Wish, product: Product) -> str:
    return word("不比刚才的便宜") if wish.below is not None and product.price >= wish.below else ""


def _other(wanted: tuple[str, ...], own: Iterable[str], said: str) -> str:
    return word(said, wanted=word("、").join(wanted)) if wanted and not set(wanted) & set(own) else ""


_MISSES: dict[str, Callable[[Wish, Product], str]] = {
    "max_price": _above_budget,
    "min_price": _below_budget,
    "cheaper_than": _not_cheaper,
    "colours": lambda wish, product: _other(wish.colours, product.colours, "没有{wanted}"),
    "brands": lambda wish, product: _other(wish.brands, (product.brand,), "不是{wanted}"),
    "kinds": lambda wish, product: _other(wish.kinds, product.kinds, "不是{wanted}"),
}
