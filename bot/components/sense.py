"""Whether a message makes sense to an intent model at all: 哦豁嘎嘎嘎 is nearest to some intent, and yet means none.

A logistic regression on a few clues: how much of the message is made of n-grams seen in training, how much of those
speak for the intent that was read, how far that intent is ahead. It learns from messages kept apart and from
``noise``; below ``threshold`` a message counts as noise; few rightly read ones do.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bot.components.features import NgramBlock, Reading

CLUES = ("covered", "supported", "known_words", "evidence", "log_odds", "lead", "length", "one_sign")
_SHORTEST = 2  # characters of an n-gram that tells more than a character
_LONGEST_COUNTED = 20


def rarest_idf(block: NgramBlock, messages: int, rarest: int) -> float:
    """The idf of an n-gram in ``rarest`` of so many messages: rarer ones count as not seen."""
    return math.log((1 + messages) / (1 + rarest)) + 1 + 1e-6


def coverage(
    reading: Reading, block: NgramBlock, speaks_for: np.ndarray, rarest: float = math.inf
) -> tuple[float, float]:
    """Shares of the characters, marks apart, that stand in known n-grams, and in known ones that speak for an intent.

    ``speaks_for``: weights (m,) of the block's n-grams for the intent. ``rarest``: the highest idf of a known one.
    """
    text = reading.text
    content = [at for at, sign in enumerate(text) if sign.isalnum()]
    covered, supported = np.zeros(len(text), dtype=bool), np.zeros(len(text), dtype=bool)
    for length in range(min(_SHORTEST, max(len(text), 1)), block.longest + 1):
        for at in range(len(text) - length + 1):
            column = block.vocabulary.get(text[at : at + length])
            if column is not None and block.idf[column] <= rarest:
                covered[at : at + length] = True
                if speaks_for[column] > 0:
                    supported[at : at + length] = True
    if not content:
        return 0.0, 0.0
    return float(covered[content].mean()), float(supported[content].mean())


def clues_of(
    reading: Reading,
    blocks: Sequence[NgramBlock],
    sparse: tuple[np.ndarray, np.ndarray],
    weights: np.ndarray,
    confidences: np.ndarray,
    rarest: float = math.inf,
) -> np.ndarray:
    """float64 (len(CLUES),) of a message that was read.

    ``sparse``: columns and values of its n-grams. ``weights``: (columns, k) of the stage that decided.
    ``confidences``: (k,). ``rarest``: as for ``coverage``.
    """
    second, first = np.argsort(confidences)[-2:]
    characters = next(block for block in blocks if block.kind == "characters")
    start = sum(len(block.vocabulary) for block in blocks[: blocks.index(characters)])
    covered, supported = coverage(
        reading, characters, weights[start : start + len(characters.vocabulary), first], rarest
    )
    words = next(block for block in blocks if block.kind == "words")
    real = [word for word in reading.words if any(sign.isalnum() for sign in word)]
    known = [word for word in real if word in words.vocabulary and words.idf[words.vocabulary[word]] <= rarest]
    columns, values = sparse
    best = float(np.clip(confidences[first], 1e-6, 1 - 1e-6))
    signs = [sign for sign in reading.text if sign.isalnum()]
    return np.array(
        [
            covered,
            supported,
            len(known) / len(real) if real else 0.0,
            float(values @ weights[columns, first]) if len(columns) else 0.0,
            math.log(best / (1 - best)) / 4,
            best - float(confidences[second]),
            math.log1p(min(len(signs), _LONGEST_COUNTED)) / 3,
            1 - len(set(signs)) / len(signs) if signs else 1.0,
        ]
    )


@dataclass(frozen=True)
class SenseModel:
    """``weights``: one for each of ``CLUES``. ``threshold``: the sense below which a message counts as noise."""

    weights: tuple[float, ...]
    intercept: float
    threshold: float

    def of(self, clues: np.ndarray) -> float:
        """How likely it is, between 0 and 1, that a message with these clues is one."""
        return 1 / (1 + math.exp(-float(np.clip(clues @ np.array(self.weights) + self.intercept, -50, 50))))


def fit(clues: np.ndarray, noise_clues: np.ndarray, good: np.ndarray, lost: float) -> SenseModel:
    """From clues of messages (n, c) and of noise (m, c).

    ``good``: bool (n,), the messages that were read rightly; a share ``lost`` of them falls below the threshold.
    """
    from sklearn.linear_model import LogisticRegression

    machine = LogisticRegression(C=10.0, class_weight="balanced", max_iter=1000)
    machine.fit(np.vstack([clues, noise_clues]), np.repeat([1, 0], [len(clues), len(noise_clues)]))
    free = SenseModel(tuple(map(float, machine.coef_[0])), float(machine.intercept_[0]), 0.0)
    senses = sorted(free.of(row) for row, kept in zip(clues, good, strict=True) if kept)
    threshold = senses[int(lost * len(senses))] if senses else 0.0
    return SenseModel(free.weights, free.intercept, float(threshold))
