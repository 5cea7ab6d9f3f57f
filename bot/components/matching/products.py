"""Products named in a message, by title or by a part of it that only they have."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from operator import itemgetter
from typing import Protocol

from bot.components.matching.kinds_brands import NameFinder, folded
from bot.components.matching.phrases import PhraseBook
from bot.components.matching.spans import Span
from bot.components.matching.titles import Anchor, anchors_of, describes, model_tails, squeeze

_TOO_MANY = 80  # goods that share a piece of title: it names none of them
_BRANDS_OF_A_WORD = 2  # more brands than this use it: it describes, it does not name
_ASK_AMONG = 6  # so many goods of one brand and kind are told as candidates at most
_LINE_AT_MOST = 0.25  # share of a brand's goods that a line of it may have; a word of more describes the brand
_SHORTEST_TITLE = 3  # characters; 雨伞 as a whole title names nothing
_WHOLE_TITLE = 0.85
_BETWEEN = re.compile(r"的?\s?(?P<line>[\u4e00-\u9fff]{2,8}?)\s?")


class Goods(Protocol):
    """What the finder reads of a catalogue's product."""

    title: str
    brand: str
    kinds: tuple[str, ...]


@dataclass(frozen=True)
class _Item:
    product_id: str
    title: str  # squeezed
    brand: str
    kinds: frozenset[str]
    on_sale: bool


@dataclass(frozen=True)
class _Reading:
    """A stretch of the squeezed message read as a product, and how well it fits."""

    item: _Item
    start: int
    end: int
    fit: float
    strong: bool  # found by a piece that names goods alone
    piece: int  # length of that piece


class ProductFinder:
    """Finds ``product`` entities; the value is a product id.

    Several goods of one brand and kind that fit equally well (two sizes of a phone) give the first on sale, with all of
    their ids under ``candidates``. A part that fits goods of several brands or kinds alike is no product.
    """

    def __init__(self, products: Mapping[str, Goods], names: NameFinder) -> None:
        self._names = names
        self._items: dict[str, _Item] = {}
        self._of_brand: dict[str, list[_Item]] = defaultdict(list)
        self._book: PhraseBook[tuple[bool, tuple[str, ...]]] = PhraseBook()
        self._add(products)

    def _add(self, products: Mapping[str, Goods]) -> None:
        owners: dict[str, list[str]] = defaultdict(list)
        strong: dict[str, bool] = {}
        for product_id, product in products.items():
            title, _ = squeeze(folded(product.title))
            if not title:
                continue
            self._items[product_id] = _Item(
                product_id,
                title,
                product.brand,
                frozenset(product.kinds),
                getattr(product, "status", "on_sale") == "on_sale",
            )
            # A whole title always counts, copied from a card or a button.
            for anchor in (*self._anchors(product), Anchor(title, len(title) > _SHORTEST_TITLE)):
                owners[anchor.text].append(product_id)
                strong[anchor.text] = strong.get(anchor.text, False) or anchor.strong
        self._share(owners)
        for item in self._items.values():
            self._of_brand[item.brand].append(item)
        for text, ids in owners.items():
            brands = {self._items[product_id].brand for product_id in ids}
            shared = len(brands) > _BRANDS_OF_A_WORD
            if len(ids) > _TOO_MANY or text in self._names.kind_forms or (shared and not _latin(text[0])):
                continue
            self._book.add(text, (strong[text] and not shared, tuple(ids)))

    def _share(self, owners: dict[str, list[str]]) -> None:
        """What names goods in one title names them in every title that has it."""
        book: PhraseBook[list[str]] = PhraseBook()
        for text, ids in owners.items():
            book.add(text, ids)
        for item in self._items.values():
            for _, _, ids in book.find(item.title):
                if item.product_id not in ids:
                    ids.append(item.product_id)

    def _anchors(self, product: Goods) -> Sequence[Anchor]:
        return _anchors_cached(product.title, product.brand, self._names)

    def find(self, low: str, names: Sequence[Span]) -> list[Span]:
        """``product`` entities in a normalised lower-case text. ``names``: its category and brand entities."""
        if not self._items:
            return []
        squeezed, places = squeeze(low)
        spans = self._lines(low, names)
        behind = 0
        for start, pieces in groupby(self._book.find(squeezed), key=itemgetter(0)):
            if start < behind:
                continue
            owners: dict[str, tuple[int, bool]] = {}  # product → end and strength of its longest piece here
            for _, end, (strong, ids) in pieces:
                if _whole_word(low, places, start, end):
                    owners.update((i, (end, strong)) for i in ids if i not in owners)
            readings = [
                reading
                for i, (end, strong) in owners.items()
                if (reading := self._read(self._items[i], strong, squeezed, places, low, start, end, names))
            ]
            span = self._settle(readings, squeezed, low, places, names)
            if span is not None:
                spans.append(span)
                behind = next((n for n, at in enumerate(places) if at >= span.end), len(places))
        return spans

    def _lines(self, low: str, names: Sequence[Span]) -> list[Span]:
        """What stands between a brand and a kind, and in few of the brand's titles: 兰蔻菁纯面霜."""
        spans = []
        for brand, kind in pairwise(names):
            said = _BETWEEN.fullmatch(low, brand.end, kind.start)
            if brand.entity != "brand" or kind.entity != "category" or said is None or describes(said["line"]):
                continue
            goods = [item for item in self._of_brand.get(brand.value, ()) if said["line"] in item.title]
            goods = [item for item in goods if _is_of(item, kind, low)] or goods
            if 0 < len(goods) <= self._line_at_most(brand.value):
                first = sorted(goods, key=lambda item: (not item.on_sale, len(item.title)))[:_ASK_AMONG]
                extra = (("candidates", [item.product_id for item in first]),) if len(first) > 1 else ()
                spans.append(Span("product", *said.span("line"), first[0].product_id, extra=extra))
        return spans

    def _line_at_most(self, brand: str) -> int:
        return max(1, int(_LINE_AT_MOST * len(self._of_brand[brand])))

    def _read(
        self,
        item: _Item,
        strong: bool,
        message: str,
        places: list[int],
        low: str,
        start: int,
        end: int,
        names: Sequence[Span],
    ) -> _Reading | None:
        at = item.title.find(message[start:end])
        if at < 0:
            return None
        left, right = 0, end - start
        while start - left > 0 and at - left > 0 and message[start - left - 1] == item.title[at - left - 1]:
            left += 1
        longest = min(len(message) - start, len(item.title) - at)
        while right < longest and message[start + right] == item.title[at + right]:
            right += 1
        begin, stop = start - left, start + right
        rest_said, rest_title = message[stop : stop + 8], item.title[at + right :]
        if _other_model(low, places, stop, rest_said, rest_title, message[stop - 1]):
            return None
        beside = [n for n in names if n.entity == "brand"]
        near = next((n for n in beside if _right_before(low, n, places[start])), None)
        if near is not None and near.value != item.brand:
            return None
        if beside and not _latin(message[start]) and all(n.value != item.brand for n in beside):
            return None
        fit = float(stop - begin)
        fit += 0.6 * any(n.value == item.brand for n in beside)
        fit += 0.5 * any(n.entity == "category" and _is_of(item, n, low) for n in names)
        fit += 0.3 * (not _model_goes_on(rest_title))
        fit += 0.1 * item.on_sale
        return _Reading(item, begin, stop, fit, strong, end - start)

    def _settle(
        self,
        readings: list[_Reading],
        message: str,
        low: str,
        places: list[int],
        names: Sequence[Span],
    ) -> Span | None:
        if not readings:
            return None
        best = max(reading.fit for reading in readings)
        top = [reading for reading in readings if best - reading.fit < 0.05]
        first = top[0]
        strong = any(reading.strong for reading in top)
        if not strong and not self._supported(first, names, message, low, places):
            return None
        extra: tuple = ()
        if len(top) > 1:
            alike = {(reading.item.brand, reading.item.kinds) for reading in top}
            if len(alike) > 1:
                return None
            if len(top) > _ASK_AMONG:
                if len(top) > self._line_at_most(first.item.brand):
                    return None
                top = sorted(top, key=lambda reading: len(reading.item.title))[:_ASK_AMONG]
                first = top[0]
            extra = (("candidates", [reading.item.product_id for reading in top]),)
        start, stop = self._trimmed(first, message)
        if _own(places[start:stop], names) < 2 and stop - start < _WHOLE_TITLE * len(first.item.title):
            return None  # nothing but brand and kind was said
        return Span("product", places[start], places[stop - 1] + 1, first.item.product_id, extra=extra)

    @staticmethod
    def _supported(reading: _Reading, names: Sequence[Span], message: str, low: str, places: list[int]) -> bool:
        """Whether brand, kind or more of the title stands beside a weak piece."""
        stop = places[reading.end - 1] + 1
        for name in names:
            # 绿茶面霜 is none of the green-tea goods that are no cream.
            beside = name.entity == "category" and 0 <= name.start - stop <= 1
            if beside and not _is_of(reading.item, name, low) and name.value not in reading.item.title:
                return False
        if any(name.entity == "brand" and name.value == reading.item.brand for name in names):
            return True
        kinds = reading.item.kinds if _latin(message[reading.start]) else ()
        if any(name.entity == "category" and name.value in kinds for name in names):
            return True
        own = _own(places[reading.start : reading.end], names)
        return own >= max(6, reading.piece + 2) or own == len(message)

    def _trimmed(self, reading: _Reading, message: str) -> tuple[int, int]:
        """Without the brand before and the kind behind, which are entities of their own; a whole title stays whole."""
        start, stop = reading.start, reading.end
        if stop - start >= _WHOLE_TITLE * len(reading.item.title):
            return start, stop
        own = self._names.forms_of_brand(reading.item.brand)
        for forms, cut_front in ((own, True), (self._names.kind_forms, False)):
            for length in range(min(8, stop - start - 2), 1, -1):
                part = message[start : start + length] if cut_front else message[stop - length : stop]
                if part in forms:
                    start, stop = (start + length, stop) if cut_front else (start, stop - length)
                    break
        return start, stop


_analysed: dict[tuple[str, str], list[Anchor]] = {}
_ANALYSED_AT_MOST = 100_000


def _anchors_cached(title: str, brand: str, names: NameFinder) -> list[Anchor]:
    """Titles rarely change: their analysis outlives a rebuild for a new stock figure or a few new goods."""
    key = (title, brand)
    known = _analysed.get(key)
    if known is None:
        if len(_analysed) >= _ANALYSED_AT_MOST:
            _analysed.clear()
        known = _analysed[key] = anchors_of(title, names.forms_of_brand(brand), names.kind_forms)
    return known


def _is_of(item: _Item, kind: Span, low: str) -> bool:
    """Whether the goods are of the kind; where the catalogue does not say, whether their title has its words."""
    if item.kinds:
        return kind.value in item.kinds
    return folded(kind.value) in item.title or low[kind.start : kind.end] in item.title


def _own(places: Sequence[int], names: Sequence[Span]) -> int:
    """How many of the characters belong to no brand or kind."""
    return sum(1 for at in places if not any(name.start <= at < name.end for name in names))


def _latin(sign: str) -> bool:
    return "a" <= sign <= "z"


def _whole_word(low: str, places: list[int], start: int, end: int) -> bool:
    """Latin letters and figures are not cut out of a longer run of the same."""
    first, last = places[start], places[end - 1]
    before, after = low[first - 1 : first], low[last + 1 : last + 2]
    if (_latin(low[first]) and _latin(before)) or (low[first].isdigit() and before.isdigit()):
        return False
    return not ((_latin(low[last]) and _latin(after)) or (low[last].isdigit() and after.isdigit()))


def _other_model(low: str, places: list[int], stop: int, said: str, title: str, last: str) -> bool:
    """Whether the message goes on with a model that the title does not have: Buds 9, Buds 6 Pro."""
    if not said:
        return False
    gap = places[stop] - places[stop - 1] - 1 if stop < len(places) else 0
    if said[0].isdigit() and gap <= 1 and (last.isdigit() or _latin(last)):
        counted = len(said) > 1 and said.lstrip("0123456789")[:1] in tuple("个件副台部块元月号天gtwm")
        return not counted
    tail = ""
    for sign in said:
        if not _latin(sign):
            break
        tail += sign
    if _latin(last) and gap == 0 and tail and not title.startswith(tail):
        return True
    return tail in model_tails() and gap <= 1


def _model_goes_on(title: str) -> bool:
    if title[:1].isdigit():
        return True
    tail = ""
    for sign in title:
        if not _latin(sign):
            break
        tail += sign
    return tail in model_tails()


def _right_before(low: str, name: Span, at: int) -> bool:
    return name.end <= at and low[name.end : at].strip(" -") in ("", "的", "家的", "家", "那款", "这款", "新款", "牌")
