"""Which goods a customer speaks of: by name, by place in the list (第二个), by pointing (这个), or the last ones."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from actions.wish import related

if TYPE_CHECKING:
    from actions.turn import Turn
    from store.models import Product

_WORD = re.compile(r"[a-z]+|\d+(?:\.\d+)?|[一-鿿]", re.I)
# 这两款 when three are shown means nobody knows which.
_ALL_SHOWN = re.compile(r"[这那](?:几|些|(?P<two>两|俩)|(?P<three>三))|它们|\b(?:these|those|them)\b", re.I)
_SMALL = re.compile(r"[的了吗呢吧啊呀嘛么哪个款这那有多少钱价格和跟与比好买还是货怎样请问一下想要看]")


def known(turn: Turn, ids: Iterable[str]) -> list[Product]:
    """Products of the catalogue by id, unknown ids left out."""
    products = turn.services.catalogue().products
    return [products[i] for i in dict.fromkeys(ids) if i in products]


def pointed_at(turn: Turn) -> list[Product]:
    """第二个, 最后那款, 前两个: by place in the last list, in the order said. Places that it lacks are left out."""
    shown = turn.shown
    places = [int(o) for o in turn.entities("ordinal") if isinstance(o, int | str) and re.fullmatch(r"-?\d+", str(o))]
    picked = [
        shown[place - 1] if place > 0 else shown[place]
        for place in places
        if 1 <= place <= len(shown) or -len(shown) <= place < 0
    ]
    return known(turn, picked)


def named(turn: Turn) -> list[Product]:
    """Goods called by a title or an unambiguous part of it, or chosen with a button."""
    return known(turn, [str(p) for p in turn.entities("product")])


def in_focus(turn: Turn) -> list[Product]:
    """这个, or nothing said: what was talked about last, else the only one shown, else the one whose page is open."""
    focus = turn.slot("focus")
    if focus:
        return known(turn, [focus])
    if turn.shown:
        return known(turn, turn.shown) if len(turn.shown) == 1 else []
    return known(turn, [turn.looking_at]) if turn.looking_at else []


def meant(turn: Turn) -> list[Product]:
    """The goods that a question is about, most certain sign first; empty when the message and the talk don't say."""
    return (
        named(turn)
        or pointed_at(turn)
        or (_shown_by_features(turn) if turn.shown else [])
        or _all_shown(turn)
        or ([] if describes_goods(turn) else in_focus(turn))
    )


def _all_shown(turn: Turn) -> list[Product]:
    """这几款, 这些: everything in the list."""
    said = _ALL_SHOWN.search(turn.text)
    if said is None or (said["two"] and len(turn.shown) != 2) or (said["three"] and len(turn.shown) != 3):
        return []
    return known(turn, turn.shown)


def describes_goods(turn: Turn) -> bool:
    """The message names a kind or a brand, so it doesn't mean whatever was talked about before."""
    return bool(turn.entities("category") or turn.entities("brand"))


def _shown_by_features(turn: Turn) -> list[Product]:
    """小米那个, 黑色的那款: the ones among those shown that are so."""
    brands, colours, kinds = (set(turn.entities(kind)) for kind in ("brand", "colour", "category"))
    if not brands and not (colours and turn.entities("reference")):
        return []
    return [
        p
        for p in known(turn, turn.shown)
        if (not brands or p.brand in brands)
        and (not colours or colours & set(p.colours))
        and (not kinds or kinds & set(p.kinds))
    ]


def candidates(
    turn: Turn, text: str | None = None, kinds: Iterable[str] = (), brands: Iterable[str] = ()
) -> list[Product]:
    """Goods on sale that fit a description (小米20000毫安的充电宝), best first: kind and brand hold, words decide."""
    kinds, brands = set(kinds), set(brands)
    pool = [
        p
        for p in turn.services.catalogue().products.values()
        if p.status == "on_sale" and (not kinds or kinds & set(p.kinds)) and (not brands or p.brand in brands)
    ]
    words = _telling_words(text if text is not None else turn.text)
    scored = [(_likeness(words, p), p) for p in pool]
    best = max((score for score, _ in scored), default=0.0)
    if not kinds and not brands and best < 0.5:
        return []
    keep = [(score, p) for score, p in scored if score >= best - 0.05]
    best_first = sorted(keep, key=lambda one: (-one[0], not one[1].available, one[1].price, one[1].product_id))
    return [product for _, product in best_first]


def _telling_words(text: str) -> list[str]:
    """Letters, numbers and pairs of characters that may tell products apart."""
    text = text.lower().replace("毫安时", "mah").replace("毫安", "mah")
    units = _WORD.findall(_SMALL.sub(" ", text))
    words = [u for u in units if not "一" <= u <= "鿿"]
    for run in re.findall(r"[一-鿿]{2,}", _SMALL.sub(" ", text)):
        words += [run[i : i + 2] for i in range(len(run) - 1)]
    return words


def _likeness(words: list[str], product: Product) -> float:
    """Share of the telling words that the title, brand or kinds have, in [0, 1]."""
    if not words:
        return 0.0
    title = f"{product.title} {product.brand} {' '.join(product.kinds)}".lower()
    numbers = set(re.findall(r"\d+(?:\.\d+)?", title))
    hits = sum((w in numbers) if w[0].isdigit() else (w in title) for w in words)
    return hits / len(words)


def same_kind(turn: Turn, one: Product, other: Product) -> bool:
    return any(related(turn.services.catalogue(), a, b) for a in one.kinds for b in other.kinds)
