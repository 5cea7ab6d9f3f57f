"""What each way of steering does to the last list of goods."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import product
from statistics import fmean

from actions import suggesting
from actions.references import known, meant
from actions.showing import no_more, nothing_fits, show
from actions.steering import CHEAPER, DEARER, MORE, OTHER_BRAND, OTHER_KIND, STYLE
from actions.turn import Turn
from actions.wish import Wish


def seen(turn: Turn) -> set[str]:
    """Product ids shown since this wish began."""
    return set(turn.slot("shown_before") or []) | set(turn.shown)


def cheaper(turn: Turn, wish: Wish) -> None:
    """Dearest and average both fall: every one costs less than the mean of what was shown."""
    prices = [p.price for p in known(turn, turn.shown)]
    if not prices:
        found = suggesting.ask(turn, suggesting.request_for(turn, wish))
        show(turn, wish, found) if found.items else nothing_fits(turn, wish)
        return
    for bound, leave_out in product(dict.fromkeys((fmean(prices), max(prices))), (seen(turn), set(turn.shown))):
        lower = replace(wish, below=round(bound, 2))
        found = suggesting.ask(turn, suggesting.request_for(turn, lower, leave_out))
        fits = prices_of(turn, [s.product_id for s in found.items]) if found.exact else []
        if fits and fmean(fits) < fmean(prices):
            show(turn, lower, found, "utter_cheaper")
            return
    no_more(turn, wish, "utter_no_cheaper", min(known(turn, turn.shown), key=lambda p: p.price))


def prices_of(turn: Turn, ids: list[str]) -> list[float]:
    return [p.price for p in known(turn, ids)]


def dearer(turn: Turn, wish: Wish) -> None:
    """Above the average of what was shown; a budget given before holds."""
    prices = prices_of(turn, turn.shown)
    floor = round(fmean(prices) + 0.01, 2) if prices else wish.min_price
    higher = replace(wish, min_price=floor, below=None)
    found = suggesting.ask(turn, suggesting.request_for(turn, higher, seen(turn)))
    if found.items and found.exact:
        show(turn, higher, found, "utter_dearer")
    else:
        dearest = max(known(turn, turn.shown), key=lambda p: p.price, default=None)
        no_more(turn, wish, "utter_no_dearer", dearest)


def another_batch(turn: Turn, wish: Wish) -> None:
    """Never what was shown before in this wish. When all that fits has been seen: without colour, size and brand, and
    saying so; kind and price are kept."""
    looser = replace(wish, colours=(), sizes=(), brands=(), below=None)
    for wanted, words in ((wish, "utter_another_batch"), (looser, "utter_another_batch_looser")):
        found = suggesting.ask(turn, suggesting.request_for(turn, wanted, seen(turn)))
        if found.items and found.exact:
            show(turn, wanted, found, words, seen_all=wish.described())
            return
    no_more(turn, wish, "utter_no_more")


def other_brand(turn: Turn, wish: Wish) -> None:
    pointed = meant(turn) if turn.entities("reference") or turn.entities("ordinal") else []
    brands = [p.brand for p in (pointed or known(turn, turn.shown)) if p.brand]
    others = replace(wish, brands=(), exclude_brands=tuple(dict.fromkeys([*wish.exclude_brands, *brands])))
    found = suggesting.ask(turn, suggesting.request_for(turn, others, seen(turn)))
    if found.items and found.exact:
        show(turn, others, found, "utter_other_brand")
    else:
        no_more(turn, wish, "utter_no_other_brand")


def other_kind(turn: Turn, wish: Wish) -> None:
    """Another kind of goods for the same person and budget; a kind that was named instead is kept."""
    old = Wish.from_slot(turn.slot("wish"))
    if wish.kinds and wish.kinds != old.kinds:
        narrowed(turn, wish)
        return
    kinds = [p.kinds[0] for p in known(turn, turn.shown) if p.kinds] + list(wish.kinds)
    others = replace(
        wish,
        kinds=(),
        brands=(),
        colours=(),
        sizes=(),
        below=None,
        exclude_kinds=tuple(dict.fromkeys([*wish.exclude_kinds, *kinds])),
    )
    found = suggesting.ask(turn, suggesting.request_for(turn, others, seen(turn)))
    show(turn, others, found, "utter_other_kind") if found.items else nothing_fits(turn, others)


def ask_style(turn: Turn, wish: Wish) -> None:
    """样式不合适: one question, with what the goods of this kind really differ in."""
    shown = known(turn, turn.shown)
    on_offer = (p for p in turn.services.catalogue().products.values() if p.available)
    pool = [p for p in on_offer if set(wish.kinds) & set(p.kinds)] or shown
    colours = list(dict.fromkeys(c for p in pool for c in p.colours))[:4]
    turn.set("wish", wish.to_slot())
    turn.say(
        "utter_ask_style",
        buttons=[turn.button(c, "refine_recommendation", colour=c) for c in colours]
        + [
            turn.button("换个牌子", "refine_recommendation", topic=OTHER_BRAND),
            turn.button("换一批", "refine_recommendation", topic=MORE),
        ],
    )


def narrowed(turn: Turn, wish: Wish) -> None:
    """A new limit (有黑色的吗, 不要小米的). What was seen may come again if little else fits."""
    asks_among_shown = bool(turn.entities("colour") or turn.entities("size"))
    request = suggesting.request_for(turn, wish)
    found = suggesting.ask(turn, request) if asks_among_shown else suggesting.ask_fresh(turn, request, seen(turn))
    if not found.exact and wish.below is not None:  # 再便宜点 a while ago weighs less than what is said now
        narrowed(turn, replace(wish, below=None))
        return
    show(turn, wish, found, "utter_narrowed") if found.items else nothing_fits(turn, wish)


STEPS: dict[str | None, Callable[[Turn, Wish], None]] = {
    CHEAPER: cheaper,
    DEARER: dearer,
    MORE: another_batch,
    OTHER_BRAND: other_brand,
    OTHER_KIND: other_kind,
    STYLE: ask_style,
    None: narrowed,
}
