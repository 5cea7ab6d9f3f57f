"""The model of a shop's FAQ: kernel ridge regression on characters and sentence encodings, calibrated on itself.

Every wording of an entry (its question, its similar questions, the clauses of its answer) is an example of it; a
question's score for an entry is the regression's value for it. Two wordings are alike by a weighted mean of cosines
(n-grams of characters, each encoder less its mean), and the kernel exp(γ (likeness - 1)) lets near wordings count more
than far ones, so that entries with many wordings are told apart as by a linear model, those with few as by their
nearest. The regression gives what it would say without one wording, and without one entry, in closed form (Rifkin &
Lippert 2007, "Notes on Regularized Least Squares", section 4): the first are questions as customers might put them, the
second are questions that no entry answers. From both comes how sure an entry is (Platt 1999) by its lead over the next
and by how near its answer, which none of those questions is part of, comes to what was asked; and so what may be said.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
import scipy.sparse as sp
from scipy.linalg import lapack

from actions.faq_match import Sureness
from actions.faq_text import normalise, plain

#: γ of the kernel, the ridge, and the weights of characters and of each encoder: among the best of a small grid by
#: leave-one-out over the wordings of the demo shop and of 300 bank answers alike; a linear model (γ = 0) is
#: one to three points worse.
_GAMMA, _RIDGE = 2.0, 0.1
_CHARACTERS, _ENCODER = 1.0, 2.0
#: With this many questions an entry needs no clauses of its answer; with fewer at most so many, of this length or more.
_ENOUGH_QUESTIONS, _ANSWER_CLAUSES, _SHORTEST_CLAUSE = 10, 8, 4
_CLAUSE_ENDS = re.compile(r"[。；，！？;!?\n]")
#: Wordings that can be left out while others of their entry stay: with fewer there is nothing to calibrate on.
_FEWEST = 20
#: Beyond this many wordings the kernel (4 bytes a pair) is too large to be made beside a running bot.
_MOST = 20_000
_BANDS = (0.0, 0.25, 0.5, 0.75, 0.9)


class TextEncoder(Protocol):
    """Texts to unit vectors, float32 (n, d)."""

    name: str

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """A customer's words, who waits."""

    def encode_wordings(self, texts: Sequence[str]) -> np.ndarray:
        """The shop's words: nobody waits, customers' turns come first, and what was encoded before may be kept."""


@dataclass(frozen=True)
class Costs:
    """What is said, in units of one needless hand-over: a customer who could have been answered meets "not written
    down" and a person instead."""

    wrong: float = 4.0
    """A wrong answer in the shop's name."""
    wrong_near: float = 1.5
    """A wrong entry, told only as the nearest rule, with the person offered beside it: a sentence too many, and the
    likeliest questions not offered in its place."""

    def surely(self, sureness: Sureness) -> float:
        """The chance of being right from which saying it costs less than silence: (1 - p) wrong < p."""
        wrong = {Sureness.ANSWER: self.wrong, Sureness.NEAR: self.wrong_near}[sureness]
        return wrong / (1.0 + wrong)


@dataclass(frozen=True)
class Band:
    """Leave-one-out questions whose confidence is at least `low` (and below the next band's): the shop's own, found
    rightly or wrongly, and those whose entry was taken away."""

    low: float
    right: int
    wrong: int
    strangers: int


@dataclass(frozen=True)
class Calibration:
    """How sure an entry is: p = 1 / (1 + exp(-(of_lead · lead + of_answer · likeness + intercept))).

    `likeness`: the cosine of the question with the entry's answer.

    `answer`, `near`: chances from which an entry is the answer, or the nearest rule. `table`: what that rests on."""

    of_lead: float
    of_answer: float
    intercept: float
    answer: float
    near: float
    table: tuple[Band, ...]

    def confidence(self, lead: np.ndarray, likeness: np.ndarray) -> np.ndarray:
        """The chance in [0, 1] that the entry answers; all arrays have one shape."""
        evidence = self.of_lead * lead + self.of_answer * likeness + self.intercept
        return 1.0 / (1.0 + np.exp(-np.clip(evidence, -60.0, 60.0)))

    def sureness(self, confidence: float) -> Sureness:
        """What a chance allows to be said."""
        if confidence >= self.answer:
            return Sureness.ANSWER
        return Sureness.NEAR if confidence >= self.near else Sureness.SILENT


@dataclass(frozen=True)
class Stage:
    """One regression. `encoders`: names of those it sees besides the characters. `weights`: float32 (n, entries)."""

    encoders: tuple[str, ...]
    weights: np.ndarray
    calibration: Calibration


@dataclass(frozen=True)
class Wordings:
    """n wordings in the form in which questions are compared with them. `owner`: the place of each one's entry.
    `answers`: for each encoder the entries' whole answers, float32 (entries, d)."""

    owner: np.ndarray
    characters: Any
    letters: sp.csr_matrix
    means: Mapping[str, np.ndarray]
    encodings: Mapping[str, np.ndarray]
    answers: Mapping[str, np.ndarray]

    def cosine_of_letters(self, texts: Sequence[str]) -> np.ndarray:
        """float32 (len(texts), n)."""
        return _cosines(self.characters.transform([normalise(text) for text in texts]), self.letters)

    def vectors_of(self, encoder: str, encodings: np.ndarray) -> np.ndarray:
        """Raw encodings (m, d) less the wordings' mean, scaled to length 1."""
        return _unit(encodings - self.means[encoder])


def kernel(letters: np.ndarray, encoders: Sequence[np.ndarray]) -> np.ndarray:
    """exp(γ (likeness - 1)) of the weighted mean likeness; all arrays have one shape."""
    likeness = _CHARACTERS * letters
    for cosine in encoders:
        likeness = likeness + _ENCODER * cosine
    likeness /= _CHARACTERS + _ENCODER * len(encoders)
    return np.exp(_GAMMA * (likeness - 1.0), dtype=np.float32)


@dataclass(frozen=True)
class FaqModel:
    """A fitted model; `fit` makes it. Stages are asked in order, each knows one encoder more."""

    wordings: Wordings
    stages: tuple[Stage, ...]


def fit(entries: Sequence[Any], encoders: Sequence[TextEncoder], costs: Costs | None = None) -> FaqModel | None:
    """A model of the entries; `encoders` from the fastest to the slowest.

    None where there is no encoder, too little to calibrate on, or too much to hold.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer

    texts, owner, asked = _wordings_of(entries)
    own = np.flatnonzero(asked & (np.bincount(owner[asked], minlength=len(entries))[owner] > 1))
    if not encoders or len(own) < _FEWEST or len(texts) > _MOST:
        return None
    characters = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True, dtype=np.float32)
    letters = characters.fit_transform([normalise(text) for text in texts])
    raw = {encoder.name: encoder.encode_wordings(texts) for encoder in encoders}
    means = {name: encodings.mean(axis=0) for name, encodings in raw.items()}
    answers = [plain(entry.answer) for entry in entries]
    told = {encoder.name: _unit(encoder.encode_wordings(answers) - means[encoder.name]) for encoder in encoders}
    unit = {name: _unit(raw[name] - means[name]) for name in raw}
    wordings = Wordings(owner, characters, letters, means, unit, told)

    of_letters, cosines, stages = _cosines(letters, letters), [], []
    places = np.flatnonzero(asked)
    for encoder in encoders:
        vectors = wordings.encodings[encoder.name]
        cosines.append(vectors @ vectors.T)
        weights, kept, taken = _leave_out(kernel(of_letters, cosines), owner, places)
        likeness = vectors[places] @ told[encoder.name].T
        is_own = np.isin(places, own)
        right = kept[is_own].argmax(axis=1) == owner[own]
        strangers = evidence_of(taken, likeness)
        calibration = _calibrate(evidence_of(kept, likeness)[is_own], right, strangers, costs or Costs())
        stages.append(Stage(tuple(one.name for one in encoders[: len(cosines)]), weights, calibration))
    return FaqModel(wordings, tuple(stages))


def _wordings_of(entries: Sequence[Any]) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Texts (n), the place of each one's entry (n), and whether it asks (n); a clause of an answer does not."""
    found: list[tuple[str, int, bool]] = []
    for place, entry in enumerate(entries):
        questions = dict.fromkeys(filter(None, map(plain, (entry.question, *entry.similar))))
        clauses = [part for part in map(plain, _CLAUSE_ENDS.split(entry.answer)) if len(part) >= _SHORTEST_CLAUSE]
        found += [(text, place, True) for text in questions]
        if len(questions) < _ENOUGH_QUESTIONS:
            found += [(text, place, False) for text in clauses[:_ANSWER_CLAUSES]]
    texts, owner, asked = zip(*found, strict=True) if found else ((), (), ())
    return list(texts), np.array(owner, dtype=int), np.array(asked, dtype=bool)


def _leave_out(gram: np.ndarray, owner: np.ndarray, asked: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The regression's weights (n, entries), and the scores (len(asked), entries) of the questions at `asked`: each
    with itself left out, and with its whole entry left out (its own column is then -1, below all others)."""
    n, entries = len(owner), owner.max() + 1
    target = np.zeros((n, entries), dtype=np.float32)
    target[np.arange(n), owner] = 1.0
    inverse = _inverse(gram)
    weights = inverse @ target
    kept = target[asked] - weights[asked] / inverse.diagonal()[asked, None]
    taken = np.empty_like(kept)
    for entry in np.unique(owner[asked]):
        block = np.flatnonzero(owner == entry)
        scores = target[block] - np.linalg.solve(inverse[np.ix_(block, block)], weights[block])
        scores[:, entry] = -1.0
        rows = owner[asked] == entry
        taken[rows] = scores[np.isin(block, asked)]
    return weights, kept, taken


def _inverse(gram: np.ndarray) -> np.ndarray:
    """(gram + ridge · 1)⁻¹ by Cholesky, in the gram's own memory."""
    gram[np.diag_indices_from(gram)] += _RIDGE
    lower, failed = lapack.spotrf(gram.T, lower=1, overwrite_a=1)
    inverse, failed_too = lapack.spotri(lower, lower=1, overwrite_c=1)
    if failed or failed_too:
        raise ValueError("the wordings' kernel is not positive definite")
    upper = inverse.T  # C-contiguous, filled above its diagonal
    for row in range(1, len(upper)):
        upper[row, :row] = upper[:row, row]
    return upper


def leads_of(scores: np.ndarray) -> np.ndarray:
    """By how much the best entry of each row (m, entries) is ahead of the next, or of 0."""
    if scores.shape[1] == 1:
        return scores[:, 0]
    first_two = np.partition(scores, -2, axis=1)[:, -2:]
    return first_two[:, 1] - np.maximum(first_two[:, 0], 0.0)


def evidence_of(scores: np.ndarray, likeness: np.ndarray) -> np.ndarray:
    """What speaks for the best entry of each row (m, entries): its lead and the likeness of its answer, (m, 2)."""
    best = scores.argmax(axis=1)
    return np.column_stack([leads_of(scores), likeness[np.arange(len(scores)), best]])


def _calibrate(own: np.ndarray, right: np.ndarray, strangers: np.ndarray, costs: Costs) -> Calibration:
    """From the evidence for questions left out one by one (m, 2; and whether each was right) and for questions without
    their entry: a customer's question is taken to be one as often as the other."""
    from sklearn.linear_model import LogisticRegression

    chances = [costs.surely(one) for one in (Sureness.ANSWER, Sureness.NEAR)]
    if not right.any():
        return Calibration(0.0, 0.0, -60.0, *chances, ())
    truth = np.concatenate([right, np.zeros(len(strangers), dtype=bool)])
    share = np.concatenate([np.full(len(own), 1.0 / len(own)), np.full(len(strangers), 1.0 / len(strangers))])
    model = LogisticRegression(C=100.0).fit(np.concatenate([own, strangers]), truth, sample_weight=share * len(own))
    bare = Calibration(*map(float, model.coef_[0]), float(model.intercept_[0]), *chances, ())
    return replace(bare, table=_table(bare, own, right, strangers))


def _table(found: Calibration, own: np.ndarray, right: np.ndarray, strangers: np.ndarray) -> tuple[Band, ...]:
    def counts(evidence: np.ndarray) -> np.ndarray:
        return np.histogram(found.confidence(*evidence.T), bins=(*_BANDS, np.inf))[0]

    columns = (counts(own[right]), counts(own[~right]), counts(strangers))
    return tuple(Band(low, *map(int, row)) for low, *row in zip(_BANDS, *columns, strict=True))


def _unit(vectors: np.ndarray) -> np.ndarray:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9), dtype=np.float32)


def _cosines(first: sp.csr_matrix, second: sp.csr_matrix) -> np.ndarray:
    """Cosines of rows of length 1, dense."""
    return np.asarray((first @ second.T).todense(), dtype=np.float32)
