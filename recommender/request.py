"""What the shop's recommender is asked and what it answers: frozen values, no behaviour."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

STRATEGIES = ("item_cf", "user_cf", "segment", "content", "popular", "due_again", "blend")
"""Names of the contract (INTERFACES: custom.data.strategy)."""


@dataclass(frozen=True)
class Item:
    """A product as the recommender sees it. price in yuan; one that is not a finite number ≥ 0 is never suggested.
    kinds from broad to narrow (耳机, 蓝牙耳机); tags as the merchant wrote them (送爸妈, 出差)."""

    product_id: str
    title: str
    price: float
    kinds: tuple[str, ...] = ()
    brand: str = ""
    colours: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    available: bool = True


@dataclass(frozen=True)
class CustomerFacts:
    """What is known of a customer beside the events. Unknown values are None.

    consent: to personalisation, None: never asked. moods: what was said to the bot by mood (negative, neutral,
    positive) → turns. channels: where the events came from → events."""

    customer_id: str
    registered_at: datetime | None = None
    birth_year: int | None = None
    gender: str | None = None
    city: str | None = None
    level: str | None = None
    consent: bool | None = None
    moods: Mapping[str, int] = field(default_factory=dict)
    channels: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Event:
    """Something a customer did. type: view, click, favourite, cart, purchase or dislike, or its Chinese name.
    value: for a purchase the number of pieces, else of no matter. at without a zone is Asia/Shanghai."""

    product_id: str
    type: str
    at: datetime | None = None
    value: float | None = None


@dataclass(frozen=True)
class Request:
    """One wish for suggestions. All limits are hard unless said otherwise.

    n: how many. customer_id: None for an anonymous visitor, who gets nothing personal. personalised: False when the
    customer has not consented: taste, segment and repurchase are then not used; what was bought is still left out.
    history: this customer's live events, newest last; those that the model was trained on are recognised by their
    time and not counted twice. Events of this talk work at once, without a retrain. kinds, brands, colours: any of
    them; exclude_kinds, exclude_brands: none of them. Case does not matter. min_price, max_price: yuan, both
    inclusive; cheaper_than: yuan, exclusive (give the mean or the lowest price shown, then the new list is cheaper as
    a whole). tags: words for whom or what it is (爸爸, 送女友, 过年); matched with the goods' tags, see `gifts`. With
    kinds given they only decide the order, without kinds they also limit; a word that no product's tags know is left
    aside. exclude: never shown: cart, shown before, disliked. What was put into the cart in `history`, and what was
    looked at there within the last half hour, is left out anyway. bought: product → last ordered at (or None), as the
    shop knows it now; left out too, unless the product is a consumable that is due again – so do not put these into
    exclude. looking_at: goods whose page is open while the customer asks. That says what is wanted now and is no
    profile: it counts for anybody, consent or not, but not for a gift; these goods are not suggested. aspects: what
    the goods should be good at by their reviews (续航); they decide the order only. for_other: a gift; the customer's
    own taste is not used. now: when; default is the moment of asking."""

    n: int = 3
    customer_id: str | None = None
    personalised: bool = True
    history: Sequence[Event] = ()
    kinds: frozenset[str] = frozenset()
    exclude_kinds: frozenset[str] = frozenset()
    brands: frozenset[str] = frozenset()
    exclude_brands: frozenset[str] = frozenset()
    colours: frozenset[str] = frozenset()
    min_price: float | None = None
    max_price: float | None = None
    tags: frozenset[str] = frozenset()
    exclude: frozenset[str] = frozenset()
    bought: Mapping[str, datetime | None] = field(default_factory=dict)
    for_other: bool = False
    cheaper_than: float | None = None
    looking_at: frozenset[str] = frozenset()
    aspects: frozenset[str] = frozenset()
    now: datetime | None = None


@dataclass(frozen=True)
class Suggested:
    """One suggestion. score: finite, higher is better, comparable within one answer only. propensity: probability
    with which this policy shows the product in this situation (1.0: the ranking is deterministic). reason: one true
    sentence in Chinese. evidence: what the reason rests on, `kind` and the ids and counts to recompute it."""

    product_id: str
    score: float
    propensity: float
    reason: str
    evidence: dict[str, Any]


@dataclass(frozen=True)
class Suggestions:
    """strategy: one of STRATEGIES. personalised: whether anything of the customer's own decided (leaving out what was
    bought does not count). exact: every limit was kept; False: nothing kept them all, these are the nearest, and
    relaxed names the limits that were let go, joined by "+" ("max_price", "max_price+brands", "kinds"…); the reasons
    do not repeat that. items may be empty (then exact is False and relaxed None). unmatched_tags: words of the
    request that none of the items matches."""

    strategy: str
    personalised: bool
    exact: bool
    items: tuple[Suggested, ...] = ()
    relaxed: str | None = None
    unmatched_tags: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.items)
