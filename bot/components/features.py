"""Sparse features of a message: n-grams of characters, words, sounds and the last clause, weighted by TF-IDF.

Vocabulary and idf are plain arrays, and a message is turned into features by the few lines here (0.3 ms), so that a
model loads without unpickling anything. tf is 1 + ln(count), idf is scikit-learn's smooth one, each block is scaled to
length 1 and then by its weight: ``TfidfVectorizer(sublinear_tf=True)``, as the tests show.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy.sparse as sp

from bot.components.segmenter import words_of
from bot.components.sounds import sounds_of
from bot.components.stand_ins import with_stand_ins
from bot.components.text import normalise

_CLAUSE_ENDS = re.compile(r"[\s,.!?;。、~:]+")
_SHORTEST_WISH = 3


@dataclass(frozen=True)
class Reading:
    """A message as the features see it: normalised lower-case ``text``, numbers as stand-ins, and its ``words``."""

    text: str
    words: tuple[str, ...]

    @cached_property
    def ending(self) -> str:
        """The last clause, where the wish stands when a greeting or a told fact comes first; the text when it is one.

        A last clause of three characters or fewer (谢谢, 行不) is taken together with the one before.
        """
        clauses = [clause for clause in _CLAUSE_ENDS.split(self.text) if clause]
        if len(clauses) < 2:
            return self.text
        return clauses[-1] if len(clauses[-1]) > _SHORTEST_WISH else f"{clauses[-2]} {clauses[-1]}"

    @classmethod
    def of(cls, typed: str) -> Reading:
        """Reads a typed message."""
        return cls.of_normalised(normalise(typed).text)

    @classmethod
    def of_normalised(cls, normalised: str, words: Sequence[str] | None = None) -> Reading:
        """Reads a normalised message; ``words`` spares the segmenter when a tokenizer has run already."""
        text = with_stand_ins(normalised.lower())
        if words is None or text != normalised.lower():
            words = [word.text for word in words_of(text)]
        return cls(text, tuple(word.lower() for word in words))


def _runs(parts: Sequence[str], longest: int, joiner: str) -> list[str]:
    return [
        joiner.join(parts[at : at + length])
        for length in range(1, longest + 1)
        for at in range(len(parts) - length + 1)
    ]


def character_ngrams(reading: Reading, longest: int) -> list[str]:
    """Runs of 1 … longest characters, blanks included (they part clauses)."""
    return _runs(reading.text, longest, "")


def ending_ngrams(reading: Reading, longest: int) -> list[str]:
    """Runs of 1 … longest characters of the last clause."""
    return _runs(reading.ending, longest, "")


def word_ngrams(reading: Reading, longest: int) -> list[str]:
    """Runs of 1 … longest words."""
    return _runs(reading.words, longest, " ")


def sound_ngrams(reading: Reading, longest: int) -> list[str]:
    """Runs of 1 … longest toneless syllables: homophones come out the same."""
    return _runs(sounds_of(reading.text), longest, " ")


ANALYSERS: dict[str, Callable[[Reading, int], list[str]]] = {
    "characters": character_ngrams,
    "endings": ending_ngrams,
    "words": word_ngrams,
    "sounds": sound_ngrams,
}


@dataclass(frozen=True)
class NgramBlock:
    """One kind of n-grams: which, how long, how much it weighs, and what was learned.

    ``vocabulary``: n-gram → column, m of them. ``idf``: float32 (m,).
    """

    kind: str
    longest: int
    weight: float
    vocabulary: dict[str, int]
    idf: np.ndarray

    @classmethod
    def fit(cls, readings: Sequence[Reading], kind: str, longest: int, weight: float, rarest: int = 1) -> NgramBlock:
        """Learns vocabulary and idf; n-grams in fewer than ``rarest`` messages are left out."""
        spread = Counter()
        for reading in readings:
            spread.update(set(ANALYSERS[kind](reading, longest)))
        ngrams = sorted(ngram for ngram, messages in spread.items() if messages >= rarest)
        messages = np.array([spread[ngram] for ngram in ngrams], dtype=np.float64)
        idf = np.log((1 + len(readings)) / (1 + messages)) + 1
        return cls(kind, longest, weight, {ngram: at for at, ngram in enumerate(ngrams)}, idf.astype(np.float32))

    def of(self, reading: Reading) -> tuple[np.ndarray, np.ndarray]:
        """Columns (int64) and values (float32) of the message's known n-grams; two empty arrays when none is known."""
        known = self.vocabulary
        counts = Counter(known[ngram] for ngram in ANALYSERS[self.kind](reading, self.longest) if ngram in known)
        columns = np.fromiter(counts.keys(), dtype=np.int64, count=len(counts))
        frequencies = np.fromiter((1.0 + math.log(n) for n in counts.values()), dtype=np.float32, count=len(counts))
        values = frequencies * self.idf[columns]
        length = float(np.linalg.norm(values))
        return columns, values * np.float32(self.weight / length) if length else values


@dataclass(frozen=True)
class NgramFeatures:
    """Blocks side by side: the sparse part of what a linear model reads."""

    blocks: tuple[NgramBlock, ...]

    @property
    def width(self) -> int:
        """How many columns all blocks have together."""
        return sum(len(block.vocabulary) for block in self.blocks)

    def of(self, reading: Reading) -> tuple[np.ndarray, np.ndarray]:
        """Columns and values of one message over all blocks."""
        columns, values, first = [], [], 0
        for block in self.blocks:
            block_columns, block_values = block.of(reading)
            columns.append(block_columns + first)
            values.append(block_values)
            first += len(block.vocabulary)
        return np.concatenate(columns), np.concatenate(values)

    def matrix(self, readings: Sequence[Reading]) -> sp.csr_matrix:
        """float32 (len(readings), width)."""
        rows = [self.of(reading) for reading in readings]
        ends = np.cumsum([0] + [len(columns) for columns, _ in rows])
        return sp.csr_matrix(
            (
                np.concatenate([values for _, values in rows] or [np.zeros(0, np.float32)]),
                np.concatenate([columns for columns, _ in rows] or [np.zeros(0, np.int64)]),
                ends,
            ),
            shape=(len(rows), self.width),
        )
