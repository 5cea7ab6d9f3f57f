"""All matchers together: a normalised text in, its entities out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from bot.components.matching import lexicon
from bot.components.matching.attributes import match_colours, match_payments, match_quantities, match_sizes
from bot.components.matching.dates import match_dates
from bot.components.matching.english import match_english
from bot.components.matching.exclusion import mark_exclusions
from bot.components.matching.identifiers import match_identifiers
from bot.components.matching.kinds_brands import NameFinder, folded
from bot.components.matching.money import match_money
from bot.components.matching.people import match_occasions, match_recipients
from bot.components.matching.products import Goods, ProductFinder
from bot.components.matching.references import match_references
from bot.components.matching.spans import Span, without_overlaps

_A_COLOUR = re.compile(r"[\u4e00-\u9fffa-z0-9]{1,6}", re.I)


class Matcher:
    """The matchers for one state of a catalogue."""

    def __init__(self, names: NameFinder, products: ProductFinder, colours: tuple[str, ...], signature: int) -> None:
        self._names = names
        self._products = products
        self._colours = colours
        self._signature = signature

    @classmethod
    def for_catalogue(cls, snapshot: Any, previous: Matcher | None = None) -> Matcher:
        """A matcher for the snapshot (``products``, ``kinds``, ``brands``), or for the lexicon alone when it is None.

        ``previous`` is returned when nothing that names goods has changed (a new stock figure changes the version too).
        """
        products = dict(snapshot.products) if snapshot is not None else {}
        kinds = tuple(snapshot.kinds) if snapshot is not None else ()
        brands = tuple(snapshot.brands) if snapshot is not None else ()
        facts = frozenset((i, p.title, p.brand, p.kinds, p.colours, p.status) for i, p in products.items())
        signature = hash((snapshot is None, kinds, brands, facts))
        if previous is not None and previous._signature == signature:
            return previous
        names = NameFinder(kinds or _kinds_in_titles(products), brands, only_lexicon=snapshot is None)
        colours = {colour for p in products.values() for colour in p.colours if _A_COLOUR.fullmatch(colour)}
        return cls(names, ProductFinder(products, names), tuple(sorted(colours)), signature)

    def match(self, text: str, today: date) -> list[Span]:
        """The entities of a normalised text, in order, without overlaps."""
        low = text.lower()
        if len(low) != len(text):
            low = text
        names = self._names.find(low)
        kept_names = without_overlaps(names)
        goods = frozenset(span.start for span in kept_names if span.entity == "category")
        spans = [
            *names,
            *self._products.find(low, kept_names),
            *match_identifiers(text),
            *match_money(text),
            *match_dates(text, today),
            *match_colours(text, self._colours, goods),
            *match_sizes(text),
            *match_quantities(text),
            *match_recipients(text),
            *match_occasions(text),
            *match_payments(text),
            *match_references(text),
            *match_english(low),
        ]
        return mark_exclusions(text, without_overlaps(spans))


def _kinds_in_titles(products: Mapping[str, Goods]) -> tuple[str, ...]:
    """What a catalogue without categories sells: kinds of the lexicon that titles name."""
    titles = "\n".join(folded(product.title) for product in products.values())
    return tuple(kind for kind in lexicon.kinds() if folded(kind) in titles)
