"""The intent model: linear support vector machines on all features side by side, calibrated, in a cascade.

N-grams alone answer when they are sure; only otherwise the fast encoder is asked, and only when that leaves it open
the slower one. Each stage is a one-vs-rest linear SVM (Fan et al. 2008, LIBLINEAR) on all features so far; confidences
are the softmax of the decision values at a temperature learned on messages kept apart (Guo et al. 2017,
arXiv:1706.04599). When a stage counts as sure, and below which confidence a message counts as not understood, is
derived from the same messages and stored in the model with its table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from bot.components.encoders import SentenceEncoder
from bot.components.features import NgramFeatures, Reading

# Decision values of unit-length features lie within a few units: beyond this many no exponent is worth taking.
_EXPONENT_FLOOR = -80.0


@dataclass(frozen=True)
class DensePart:
    """A sentence encoder's share of the features: minus the training mean, scaled to length 1, times ``weight``.

    ``encoder`` names the encoder, ``view`` what it is given: the ``text`` or the ``ending`` of a ``Reading``.
    """

    encoder: str
    view: str
    version: str
    weight: float
    mean: np.ndarray

    def of(self, encodings: np.ndarray) -> np.ndarray:
        """float32 (n, d) from raw encodings (n, d)."""
        centred = encodings - self.mean
        lengths = np.linalg.norm(centred, axis=1, keepdims=True)
        return np.asarray(centred / np.maximum(lengths, 1e-9) * self.weight, dtype=np.float32)

    @property
    def name(self) -> str:
        """``use``, ``use_ending``, ``e5``: what stages and files call this part."""
        return self.encoder if self.view == "text" else f"{self.encoder}_{self.view}"


def dense_features(
    parts: Sequence[DensePart], readings: Sequence[Reading], encoders: Mapping[str, SentenceEncoder]
) -> dict[str, np.ndarray]:
    """Each part's features (n, d) by its name; an encoder runs once, over the different texts that its parts need."""
    features = {}
    for encoder in dict.fromkeys(part.encoder for part in parts):
        own = [part for part in parts if part.encoder == encoder]
        wanted = {part.name: [getattr(reading, part.view) for reading in readings] for part in own}
        different = dict.fromkeys(text for texts in wanted.values() for text in texts)
        rows = {text: row for row, text in enumerate(different)}
        encodings = encoders[encoder].encode(list(rows))
        for part in own:
            features[part.name] = part.of(encodings[[rows[text] for text in wanted[part.name]]])
    return features


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
        for name, weights in zip(self.parts, self.dense_weights, strict=True):
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

    ``ranking``: (intent, confidence), surest first; with the chance of noise, confidences sum to 1. ``stage``: the
    place in the cascade of the one that decided. ``known``: False when the message holds nothing the model ever saw.
    ``noise``: True when it is likelier to mean nothing than to have any of the intents.
    """

    ranking: tuple[tuple[str, float], ...]
    stage: int
    known: bool
    noise: bool = False


@dataclass(frozen=True)
class IntentModel:
    """A trained cascade. Make one with ``intent_training.fit``, keep it with ``model_files``.

    Stages have an output for each of ``intents`` and, when they learned to tell noise, one more for that, the last.
    ``sure``: for each stage but the last the confidence from which on it decides. ``unknown``: by intent the confidence
    below which asking back is cheaper than acting on it.
    """

    intents: tuple[str, ...]
    ngrams: NgramFeatures
    dense: Mapping[str, DensePart]
    stages: tuple[LinearReading, ...]
    sure: tuple[float, ...]
    unknown: Mapping[str, float]
    facts: Mapping[str, object] = field(default_factory=dict)

    @property
    def first_stage(self) -> IntentModel:
        """The model that asks no encoder and decides alone."""
        return replace(self, stages=self.stages[:1], sure=())

    def read(self, readings: Sequence[Reading], encoders: Mapping[str, SentenceEncoder]) -> list[Decision]:
        """Decisions for messages, in order; each encoder runs once, over those together that still need it.

        ``encoders`` maps the names in ``dense`` to encoders of the stored versions.
        """
        if not readings:
            return []
        sparse = [self.ngrams.of(reading) for reading in readings]
        confidences = np.empty((len(readings), len(self.stages[0].intercept)))
        decided_by = np.zeros(len(readings), dtype=int)
        left, dense = np.arange(len(readings)), {}
        for place, stage in enumerate(self.stages):
            if place:
                unsure = confidences[left].max(axis=1) < self.sure[place - 1]
                if not unsure.any():
                    break
                left = left[unsure]
                dense = {name: features[unsure] for name, features in dense.items()}
            missing = [self.dense[name] for name in stage.parts if name not in dense]
            dense |= dense_features(missing, [readings[at] for at in left], encoders)
            confidences[left] = stage.confidences(self._decide_all(stage, [sparse[at] for at in left], dense))
            decided_by[left] = place
        return [
            Decision(
                self._ranking(confidences[at]),
                stage=int(decided_by[at]),
                known=len(sparse[at][0]) > 0,
                noise=bool(confidences[at].argmax() >= len(self.intents)),
            )
            for at in range(len(readings))
        ]

    @staticmethod
    def _decide_all(
        stage: LinearReading, sparse: Sequence[tuple[np.ndarray, np.ndarray]], dense: Mapping[str, np.ndarray]
    ) -> np.ndarray:
        rows = [
            stage.decide(columns, values, {name: features[at] for name, features in dense.items()})
            for at, (columns, values) in enumerate(sparse)
        ]
        return np.stack(rows)

    def _ranking(self, confidences: np.ndarray) -> tuple[tuple[str, float], ...]:
        order = np.argsort(-confidences[: len(self.intents)], kind="stable")
        return tuple((self.intents[at], float(confidences[at])) for at in order)
