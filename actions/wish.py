"""What the customer is looking for, gathered over several messages: kinds, budget, brands, colours, for whom."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from actions.aspects import by_name, wanted_in
from actions.language import english, word
from actions.needs import needed_kinds

if TYPE_CHECKING:
    from actions.turn import Turn
    from store.models import CatalogueSnapshot


SELF = frozenset({"自己", "本人", "我", "我自己"})


@dataclass(frozen=True)
class Wish:
    """Limits that hold together. Prices in yuan; `below` is a price that goods have to stay under (再便宜点). `aspects`
    (续航) are no limit: by their reviews, goods that are good at them come first."""

    kinds: tuple[str, ...] = ()
    exclude_kinds: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()
    exclude_brands: tuple[str, ...] = ()
    colours: tuple[str, ...] = ()
    exclude_colours: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()
    min_price: float | None = None
    max_price: float | None = None
    below: float | None = None
    recipient: str | None = None
    occasion: str | None = None
    aspects: tuple[str, ...] = ()

    @classmethod
    def from_slot(cls, value: Any) -> Wish:
        """What a slot remembered; anything unreadable is an empty wish."""
        if not isinstance(value, dict):
            return cls()
        known = {k: tuple(v) if isinstance(v, list) else v for k, v in value.items() if k in cls.__dataclass_fields__}
        return cls(**known)

    def to_slot(self) -> dict[str, Any]:
        return {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(self).items() if v not in ((), None)}

    @property
    def empty(self) -> bool:
        return self == Wish()

    @property
    def for_other(self) -> bool:
        """For somebody else: the customer's own taste says nothing then."""
        return bool(self.recipient) and self.recipient not in SELF

    @property
    def tags(self) -> frozenset[str]:
        """Words for whom and for what; the recommender knows which tags of goods they mean."""
        return frozenset(w for w in (self.recipient if self.for_other else None, self.occasion) if w)

    def described(self) -> str:
        """As one says it: 送爸爸、200 元以内的黑色保温杯（不要南极人）. Empty for an empty wish."""
        gift = word("送{recipient}", recipient=word(self.recipient)) if self.for_other else ""
        lead = word("、").join(
            part for part in (gift, self.occasion, said_price(self.min_price, self.max_price), *self._good_at()) if part
        )
        goods = "".join(word("或").join(values) for values in (self.colours, self.brands, self.sizes, self.kinds))
        unwanted = word("、").join((*self.exclude_brands, *self.exclude_kinds, *self.exclude_colours))
        whole = word("{lead}的{goods}", lead=lead, goods=goods) if lead and goods else lead or goods
        if not unwanted:
            return whole
        return word("{whole}（不要{unwanted}）" if whole else "不要{unwanted}", whole=whole, unwanted=unwanted)

    def _good_at(self) -> list[str]:
        known = [by_name()[name] for name in self.aspects if name in by_name()]
        return [f"good {aspect.english}" if english() else aspect.praise for aspect in known]


def yuan(price: float) -> str:
    """59 → 59, 59.9 → 59.9, 59.05 → 59.05."""
    return f"{price:.2f}".rstrip("0").rstrip(".")


def said_price(low: float | None, high: float | None) -> str:
    if low is not None and high is not None:
        return word("{low}–{high} 元", low=yuan(low), high=yuan(high))
    if high is not None:
        return word("{high} 元以内", high=yuan(high))
    return word("{low} 元以上", low=yuan(low)) if low is not None else ""


def related(catalogue: CatalogueSnapshot, one: str, other: str) -> bool:
    """Whether two kinds are the same or one lies below the other (耳机, 蓝牙耳机): some product is both."""
    return one == other or any({one, other} <= set(p.kinds) for p in catalogue.products.values())


def said_kinds(turn: Turn, wish: Wish) -> list[str]:
    """Kinds named in the message. A named product stands for its narrowest kind, and a word that tells kinds apart
    below the one wished for stands for that kind: 蓝牙的, when earphones are wanted."""
    catalogue = turn.services.catalogue()
    kinds = turn.entities("category")
    if not kinds:
        products = catalogue.products
        kinds = [products[p].kinds[-1] for p in turn.entities("product") if p in products and products[p].kinds]
    return list(dict.fromkeys(kinds)) or _narrower(turn.text, wish, catalogue) or _needed(turn, wish, catalogue)


def _needed(turn: Turn, wish: Wish, catalogue: CatalogueSnapshot) -> list[str]:
    """A told need stands for a kind as long as no kind is on the table."""
    return [] if wish.kinds else needed_kinds(turn.text, catalogue.kinds)


def _narrower(text: str, wish: Wish, catalogue: CatalogueSnapshot) -> list[str]:
    below = [kind for kind in catalogue.kinds for wanted in wish.kinds if kind != wanted and kind.endswith(wanted)]
    telling = ((kind, next(kind.removesuffix(w) for w in wish.kinds if kind.endswith(w))) for kind in below)
    return [kind for kind, word in telling if len(word) > 1 and word.rstrip("式型款") in text]


LIMITS = ("budget", "category", "brand", "colour", "size", "recipient", "occasion")


_BARE_SUM = re.compile(r"(\d{2,5})\s*(?:块钱?|元)?[的吧呢了。！~\s]*")
_SUGGESTING = frozenset({"request_recommendation", "refine_recommendation"})


def said_budget(turn: Turn) -> dict[str, Any] | None:
    """{"min", "max"} in yuan. After suggestions a bare number (200) answers 大概什么价位合适."""
    if isinstance(budget := turn.entity("budget"), dict):
        return budget
    suggested = (turn.slot("topic") or {}).get("intent") in _SUGGESTING and turn.shown
    bare = _BARE_SUM.fullmatch(turn.text.strip()) if suggested else None
    return {"min": None, "max": float(bare[1])} if bare else None


def says_limit(turn: Turn) -> bool:
    """The message names something that goods have to be, or must not be."""
    limits = any(turn.entities(kind) or turn.entities(kind, exclude=True) for kind in LIMITS)
    return limits or said_budget(turn) is not None or bool(said_aspects(turn))


def said_aspects(turn: Turn) -> tuple[str, ...]:
    """What the goods are to be good at, as the message says it."""
    return () if turn.pressed else wanted_in(turn.text, turn.services.catalogue().kinds)


def gather(turn: Turn, old: Wish, steering: bool) -> Wish:
    """The wish after this message. `steering`: it steers what was shown; otherwise it asks anew.

    A new kind of goods starts a new wish, and so does asking anew for somebody or for nothing in particular. When
    steering, whom it is for stays.
    """
    said = said_kinds(turn, old)
    catalogue = turn.services.catalogue()
    new_kind = bool(said and old.kinds) and not any(related(catalogue, a, b) for a in said for b in old.kinds)
    if steering:
        start = Wish(recipient=old.recipient, occasion=old.occasion) if new_kind else old
    else:
        for_whom = turn.entity("recipient") or turn.entity("occasion")
        narrows = any(turn.entities(kind) for kind in ("budget", "brand", "colour", "size")) or said_aspects(turn)
        goes_on = not new_kind and (said or (narrows and not for_whom))
        start = replace(old, below=None) if goes_on else Wish()
    return _with_said(turn, start, said)


def _with_said(turn: Turn, wish: Wish, kinds: list[str]) -> Wish:
    changes: dict[str, Any] = {}
    if kinds:
        changes |= {"kinds": tuple(kinds), "exclude_kinds": _without(wish.exclude_kinds, kinds)}
    for field, opposite, kind in (("brands", "exclude_brands", "brand"), ("colours", "exclude_colours", "colour")):
        if wanted := turn.entities(kind):
            changes |= {field: tuple(wanted), opposite: _without(getattr(wish, opposite), wanted)}
        if unwanted := turn.entities(kind, exclude=True):
            changes |= {
                opposite: _joined(getattr(wish, opposite), unwanted),
                field: _without(changes.get(field, getattr(wish, field)), unwanted),
            }
    if unwanted := turn.entities("category", exclude=True):
        changes |= {
            "exclude_kinds": _joined(wish.exclude_kinds, unwanted),
            "kinds": _without(changes.get("kinds", wish.kinds), unwanted),
        }
    if sizes := turn.entities("size"):
        changes["sizes"] = tuple(sizes)
    if wanted := said_aspects(turn):
        changes["aspects"] = _joined(wish.aspects, wanted)
    if budget := said_budget(turn):
        changes |= {"min_price": budget.get("min"), "max_price": budget.get("max"), "below": None}
    for field in ("recipient", "occasion"):
        if value := turn.entity(field):
            changes[field] = str(value)
    return replace(wish, **changes)


def _without(values: Iterable[str], gone: Iterable[str]) -> tuple[str, ...]:
    gone = set(gone)
    return tuple(v for v in values if v not in gone)


def _joined(values: Iterable[str], more: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*values, *more]))
