"""The intent model: linear support vector machines on all features side by side, calibrated, in a cascade.

A quick reading (n-grams and the fast encoder) answers when it is sure; only otherwise the slower encoder is asked and
the thorough reading decides. Both are one-vs-rest linear SVMs (Fan et al. 2008, LIBLINEAR); confidences are the softmax
of the decision values at a temperature learned on messages kept apart (Guo et al. 2017, arXiv:1706.04599). When the
quick reading counts as sure, and below which confidence a message counts as not understood, is derived from the same
messages and stored in the model with its table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from bot.components.encoders import SentenceEncoder
from bot.components.features import NgramFeatures, Reading

# Decision values of unit-length features lie within a few units: beyond this many no exponent is worth taking.
_EXPONENT_FLOOR = -80.0


@dataclass(frozen=True)
class DensePart:
    """A sentence encoder's share of the features: minus the training mean, scaled to length 1, times ``weight``."""

    encoder: str
    version: str
    weight: float
    mean: np.ndarray

    def of(self, encodings: np.ndarray) -> np.ndarray:
        """float32 (n, d) from raw encodings (n, d)."""
        centred = encodings - self.mean
        lengths = np.linalg.norm(centred, axis=1, keepdims=True)
        return np.asarray(centred / np.maximum(lengths, 1e-9) * self.weight, dtype=np.float32)


@dataclass(frozen=True)
class LinearReading:
    """One stage of the cascade: decision values linear in the n-grams and in ``parts``' encodings.

    ``sparse_weights``: float32 (n-gram columns, k intents). ``dense_weights``: one float32 (d, k) for each part.
    ``intercept``: (k,). ``temperature``: what decision values are multiplied by before the softmax.
    """

    parts: tuple[str, ...]
    sparse_weights: np.ndarray
    dense_weights: tuple[np.ndarray, ...]
    intercept: np.ndarray
    temperature: float

    def decide(self, columns: np.ndarray, values: np.ndarray, dense: Mapping[str, np.ndarray]) -> np.ndarray:
        """Decision values (k,) of one message; ``dense`` maps a part's name to its (d,) features."""
        decision = self.intercept + values @ self.sparse_weights[columns]
        for name, weights in zip(self.parts, self.dense_weights):
            decision = decision + dense[name] @ weights
        return decision

    def confidences(self, decision: np.ndarray) -> np.ndarray:
        """Softmax over the last axis at this reading's temperature."""
        return softmax(decision * self.temperature)


def softmax(scores: np.ndarray) -> np.ndarray:
    """exp(s) / Σ exp(s) over the last axis, without overflow."""
    shifted = np.maximum(scores - scores.max(axis=-1, keepdims=True), _EXPONENT_FLOOR)
    raised = np.exp(shifted)
    return raised / raised.sum(axis=-1, keepdims=True)


@dataclass(frozen=True)
class Decision:
    """What the model says about one message.

    ``ranking``: (intent, confidence), surest first, confidences sum to 1. ``thorough``: whether the slower encoder was
    asked. ``known``: False when the message holds nothing the model ever saw.
    """

    ranking: tuple[tuple[str, float], ...]
    thorough: bool
    known: bool


@dataclass(frozen=True)
class IntentModel:
    """A trained cascade. Make one with ``intent_training.fit``, keep it with ``model_files``."""

    intents: tuple[str, ...]
    ngrams: NgramFeatures
    dense: Mapping[str, DensePart]
    quick: LinearReading
    thorough: LinearReading | None
    sure: float
    unknown: float
    facts: Mapping[str, object] = field(default_factory=dict)

    def read(self, readings: Sequence[Reading], encoders: Mapping[str, SentenceEncoder]) -> list[Decision]:
        """Decisions for messages, in order; the slower encoder runs once, over the unsure ones together.

        ``encoders`` maps the names in ``dense`` to encoders of the stored versions.
        """
        if not readings:
            return []
        sparse = [self.ngrams.of(reading) for reading in readings]
        texts = [reading.text for reading in readings]
        dense = {name: self._encode(name, texts, encoders) for name in self.quick.parts}
        decisions = self._decide_all(self.quick, sparse, dense, range(len(texts)))
        confidences = self.quick.confidences(decisions)
        asked = np.zeros(len(texts), dtype=bool)
        if self.thorough is not None:
            unsure = np.flatnonzero(confidences.max(axis=1) < self.sure)
            if len(unsure):
                more = {name: features[unsure] for name, features in dense.items()}
                for name in self.thorough.parts:
                    if name not in more:
                        more[name] = self._encode(name, [texts[i] for i in unsure], encoders)
                decided = self._decide_all(self.thorough, [sparse[i] for i in unsure], more, range(len(unsure)))
                confidences[unsure] = self.thorough.confidences(decided)
                asked[unsure] = True
        return [
            Decision(self._ranking(confidences[at]), bool(asked[at]), len(sparse[at][0]) > 0)
            for at in range(len(texts))
        ]

    def _encode(self, name: str, texts: Sequence[str], encoders: Mapping[str, SentenceEncoder]) -> np.ndarray:
        return self.dense[name].of(encoders[name].encode(texts))

    @staticmethod
    def _decide_all(reading: LinearReading, sparse, dense: Mapping[str, np.ndarray], rows: range) -> np.ndarray:
        return np.stack(
            [reading.decide(*sparse[row], {name: features[row] for name, features in dense.items()}) for row in rows]
        )

    def _ranking(self, confidences: np.ndarray) -> tuple[tuple[str, float], ...]:
        order = np.argsort(-confidences, kind="stable")
        return tuple((self.intents[at], float(confidences[at])) for at in order)
