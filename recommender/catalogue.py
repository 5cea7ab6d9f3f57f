"""The goods as arrays: what filters and likeness of content are computed on. Made anew when the catalogue changes."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np
import scipy.sparse as sp

from recommender.gifts import meant_for, tags_for
from recommender.interactions import number
from recommender.kernel import normalised
from recommender.request import Item

_BLOCKS = {"kind": 1.0, "brand": 0.4, "title": 0.6, "tag": 0.2, "price": 0.3}
"""How much each side of a product says about its likeness to another: norm of that part of its vector."""


def fold(word: str) -> str:
    return word.strip().casefold()


class Catalogue:
    """items: sorted by product_id, the last of a repeated id counts. price: float64 (items,), NaN where it is no
    price. offered: available and with a price. meant_for: see `gifts.unsuited`. content: CSR (items, features),
    float64, rows of norm 1."""

    def __init__(self, items: Sequence[Item]) -> None:
        by_id = {item.product_id: item for item in items}
        self.items: list[Item] = [by_id[name] for name in sorted(by_id)]
        self.index = {item.product_id: place for place, item in enumerate(self.items)}
        price = np.array([number(item.price) for item in self.items], np.float64)
        self.price = np.where(price >= 0, price, np.nan)
        self.offered = np.isfinite(self.price) & np.array([bool(item.available) for item in self.items], bool)
        self._kinds = self._lists(item.kinds for item in self.items)
        self._brands = self._lists([item.brand] if item.brand else [] for item in self.items)
        self._colours = self._lists(item.colours for item in self.items)
        self._tags = self._lists((item.tags for item in self.items), plain=True)
        self.meant_for = np.array([meant_for(i.title or "") for i in self.items], bool).reshape(-1, 3)
        self.content = normalised(self._content())
        self.content_columns = self.content.T.tocsr()

    def __len__(self) -> int:
        return len(self.items)

    def likeness(self, place: int) -> np.ndarray:
        """Cosine of one product's content with every product's, float64 (items,). Dense times sparse: no slicing
        needed."""
        row = slice(self.content.indptr[place], self.content.indptr[place + 1])
        vector = np.zeros(self.content.shape[1])
        vector[self.content.indices[row]] = self.content.data[row]
        return self.content @ vector

    def of_kinds(self, kinds: Iterable[str]) -> np.ndarray:
        """Mask of goods that are of one of the kinds, narrow or broad."""
        return self._mask(self._kinds, map(fold, kinds))

    def of_brands(self, brands: Iterable[str]) -> np.ndarray:
        return self._mask(self._brands, map(fold, brands))

    def of_colours(self, colours: Iterable[str]) -> np.ndarray:
        """黑 and 黑色 are one colour."""
        words = {fold(colour) for colour in colours}
        return self._mask(
            self._colours, words | {w.removesuffix("色") for w in words if len(w) > 1} | {w + "色" for w in words}
        )

    def tag_matches(self, words: Iterable[str]) -> dict[str, np.ndarray]:
        """For each word that some product's tags know: the mask of the goods that match it."""
        found = {word: self._mask(self._tags, tags_for(word, self._tags)) for word in sorted(set(words))}
        return {word: mask for word, mask in found.items() if mask.any()}

    def matched_tag(self, place: int, word: str) -> str | None:
        """The tag of that product by which it matches the word, as the merchant wrote it."""
        fitting = tags_for(word, self._tags)
        return next((tag for tag in self.items[place].tags if tag.strip() in fitting), None)

    def broader(self, kinds: Iterable[str]) -> frozenset[str]:
        """Kinds that stand above the given ones in some product (耳机 for 蓝牙耳机)."""
        wanted, found = {fold(kind) for kind in kinds}, set()
        for item in self.items:
            names = [fold(kind) for kind in item.kinds]
            for place, name in enumerate(names):
                if name in wanted:
                    found.update(names[:place])
        return frozenset(found - wanted)

    def _lists(self, values: Iterable[Iterable[str]], plain: bool = False) -> dict[str, list[int]]:
        places: dict[str, list[int]] = defaultdict(list)
        for place, words in enumerate(values):
            for word in {word.strip() if plain else fold(word) for word in words if isinstance(word, str)}:
                places[word].append(place)
        return dict(places)

    def _mask(self, places: dict[str, list[int]], words: Iterable[str]) -> np.ndarray:
        mask = np.zeros(len(self.items), bool)
        for word in words:
            mask[places.get(word, [])] = True
        return mask

    def _content(self) -> sp.csr_matrix:
        """Features: kinds (narrow ones count more), brand, tags, two-character pieces of the title by IDF, price
        bands."""
        titles = [{t[i : i + 2] for i in range(len(t) - 1)} for t in (fold(item.title or "") for item in self.items)]
        known_in: dict[str, int] = defaultdict(int)
        for pieces in titles:
            for piece in pieces:
                known_in[piece] += 1
        columns: dict[tuple[str, str], int] = {}
        data, indices, indptr = [], [], [0]
        for place, item in enumerate(self.items):
            blocks = {
                "kind": {fold(kind): depth + 1.0 for depth, kind in enumerate(item.kinds)},
                "brand": {fold(item.brand): 1.0} if item.brand else {},
                "tag": dict.fromkeys(item.tags, 1.0),
                "title": {piece: math.log(1 + len(self.items) / known_in[piece]) for piece in sorted(titles[place])},
                "price": _bands(self.price[place]),
            }
            for name, words in blocks.items():
                norm = math.sqrt(sum(weight * weight for weight in words.values()))
                for word, weight in words.items():
                    indices.append(columns.setdefault((name, word), len(columns)))
                    data.append(_BLOCKS[name] * weight / norm)
            indptr.append(len(indices))
        return sp.csr_matrix(
            (np.array(data, np.float64), np.array(indices, np.int32), np.array(indptr)),
            shape=(len(self.items), max(1, len(columns))),
        )


def _bands(price: float) -> dict[str, float]:
    """A price belongs to the two nearest of a row of bands a factor 2 apart, so near prices are alike."""
    if not math.isfinite(price):
        return {}
    place = math.log2(price + 1)
    low, rest = int(place), place - int(place)
    return {str(low): 1 - rest, str(low + 1): rest} if rest else {str(low): 1.0}
