"""Fits the intent model: features, support vector machines, calibration, and the thresholds with their table."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace

import numpy as np
import scipy.sparse as sp
from scipy.optimize import minimize_scalar
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split
from sklearn.svm import LinearSVC

from bot.components.encoders import SentenceEncoder, TrainingEncodings
from bot.components.features import NgramBlock, NgramFeatures, Reading
from bot.components.intent_model import DensePart, IntentModel, LinearReading, softmax

# Which encoder is given what of a message; the slower one is only asked when the quick reading is unsure.
_VIEWS = (("use", "text"), ("use", "ending"), ("e5", "text"))
_ASKED_WHEN_UNSURE = "e5"
# Passes over the messages, at most. More of them take longer and bring nothing that messages kept apart show
# (accuracy between 0.8250 and 0.8255).
_PASSES = 6


@dataclass(frozen=True)
class IntentConfig:
    """How an intent model is made; unknown keys are refused by ``from_mapping``."""

    character_ngrams: int = 3  # longest run of characters; this and all below change results
    ending_ngrams: int = 3  # longest run of characters in the last clause
    word_ngrams: int = 2  # longest run of words
    sound_ngrams: int = 3  # longest run of toneless syllables
    rarest: int = 2  # n-grams in fewer messages are left out
    characters_weight: float = 1.0  # length of a message's character block; the other weights are relative to it
    words_weight: float = 0.7
    sounds_weight: float = 0.7
    endings_weight: float = 0.5
    use_weight: float = 0.7
    use_ending_weight: float = 0.4  # the fast encoder on the last clause alone
    e5_weight: float = 0.7
    use: bool = True  # the fast encoder, part of both readings
    e5: bool = True  # the slower encoder, only asked when the quick reading is unsure
    regularisation: float = 0.7  # C of the support vector machines
    held_out: float = 0.2  # share of messages kept apart for calibration and thresholds
    quick_share: float = 0.5  # share of the messages kept apart that the quick reading must decide alone
    wrong_cost: float = 1.0  # a message acted on wrongly
    question_cost: float = 0.45  # asking back where the reading was right; a wrong one costs half of it more
    seed: int = 7

    @classmethod
    def from_mapping(cls, options: Mapping[str, object]) -> IntentConfig:
        """Raises ValueError naming what is not an option."""
        known = {option.name for option in fields(cls)}
        unknown = sorted(set(options) - known)
        if unknown:
            raise ValueError(f"意图分类器没有这些配置项：{', '.join(unknown)}。可用的有：{', '.join(sorted(known))}")
        return cls(**options)


def fit(
    readings: Sequence[Reading],
    labels: Sequence[str],
    encoders: Mapping[str, SentenceEncoder],
    config: IntentConfig,
    encodings: TrainingEncodings,
) -> IntentModel:
    """A model from n messages and their intents; the same input and seed give the same model.

    ``encoders``: by name, those that ``config`` switches on. Raises ValueError with fewer than two intents.
    """
    intents = tuple(sorted(set(labels)))
    if len(intents) < 2:
        raise ValueError("训练意图至少要有两种意图的例句。请检查 data/nlu/ 下的文件。")
    target = np.array([intents.index(label) for label in labels])
    blocks = (
        ("characters", config.character_ngrams),
        ("endings", config.ending_ngrams),
        ("words", config.word_ngrams),
        ("sounds", config.sound_ngrams),
    )
    ngrams = NgramFeatures(
        tuple(
            NgramBlock.fit(readings, kind, longest, getattr(config, f"{kind}_weight"), config.rarest)
            for kind, longest in blocks
        )
    )
    sparse = ngrams.matrix(readings)
    dense, features = {}, {}
    for encoder_name, view in _VIEWS:
        if encoder_name not in encoders:
            continue
        encoder = encoders[encoder_name]
        raw = encodings.encode(encoder, [getattr(reading, view) for reading in readings])
        mean = raw.mean(axis=0)
        part = DensePart(encoder_name, view, encoder.version, 1.0, mean)
        part = replace(part, weight=getattr(config, f"{part.name}_weight"))
        dense[part.name], features[part.name] = part, part.of(raw)

    stages = [tuple(name for name, part in dense.items() if part.encoder != _ASKED_WHEN_UNSURE)]
    if len(stages[0]) < len(dense):
        stages.append(tuple(dense))
    matrices = [_side_by_side(sparse, [features[name] for name in stage]) for stage in stages]
    rows = np.arange(len(target))
    kept_in, kept_apart = _split(rows, target, config)
    machines = [_machine(matrix[part], target[part], config) for matrix in matrices for part in (kept_in, rows)]

    truth = target[kept_apart]
    decisions = [_aligned(machines[2 * at], matrices[at][kept_apart], len(intents)) for at in range(len(stages))]
    temperatures = [_temperature(decision, truth) for decision in decisions]
    confidences = [softmax(decision * heat) for decision, heat in zip(decisions, temperatures, strict=True)]
    sure, cascade, sure_table = _sure(confidences, truth, config.quick_share)
    unknown, unknown_table = _unknown(cascade, truth, config)
    stage_models = [
        _reading(machines[2 * at + 1], stage, ngrams.width, features, temperatures[at])
        for at, stage in enumerate(stages)
    ]
    facts = {
        "config": asdict(config),
        "messages": len(target),
        "kept_apart": len(kept_apart),
        "kept_apart_accuracy": float((cascade.argmax(axis=1) == truth).mean()),
        "sure_table": sure_table,
        "unknown_table": unknown_table,
    }
    thorough = stage_models[1] if len(stage_models) > 1 else None
    return IntentModel(intents, ngrams, dense, stage_models[0], thorough, sure, unknown, facts)


def _split(rows: np.ndarray, target: np.ndarray, config: IntentConfig) -> tuple[np.ndarray, np.ndarray]:
    """Rows to learn from and rows kept apart, by intent; intents with one message stay in both."""
    counts = np.bincount(target)
    many = rows[counts[target] > 1]
    share = max(config.held_out, len(np.unique(target[many])) / len(many))
    kept_in, kept_apart = train_test_split(
        many, test_size=min(share, 0.5), random_state=config.seed, stratify=target[many]
    )
    return np.sort(np.concatenate([kept_in, rows[counts[target] == 1]])), np.sort(kept_apart)


def _side_by_side(sparse: sp.csr_matrix, dense: Sequence[np.ndarray]) -> sp.csr_matrix:
    """As ``sp.hstack([sparse, *dense])`` gives, built in one go; liblinear takes float64 and int32."""
    block = np.hstack(dense) if dense else np.zeros((sparse.shape[0], 0))
    rows, width = block.shape
    ends = sparse.indptr.astype(np.int64) + width * np.arange(rows + 1)
    data, columns = np.empty(ends[-1]), np.empty(ends[-1], dtype=np.int32)
    from_block = np.zeros(ends[-1], dtype=bool)
    from_block[(ends[1:, None] - width + np.arange(width)).ravel()] = True
    data[from_block], columns[from_block] = block.ravel(), np.tile(sparse.shape[1] + np.arange(width), rows)
    data[~from_block], columns[~from_block] = sparse.data, sparse.indices
    return sp.csr_matrix((data, columns, ends), shape=(rows, sparse.shape[1] + width))


def _machine(matrix: sp.csr_matrix, target: np.ndarray, config: IntentConfig) -> LinearSVC:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        machine = LinearSVC(C=config.regularisation, tol=0.1, max_iter=_PASSES, random_state=config.seed)
        return machine.fit(matrix, target)


def _aligned(machine: LinearSVC, matrix: sp.csr_matrix, count: int) -> np.ndarray:
    """Decision values (n, count) whatever classes the machine saw; two classes come as one column from liblinear."""
    weights, intercept = _both_ways(machine)
    decision = np.full((matrix.shape[0], count), -10.0)
    decision[:, machine.classes_] = matrix @ weights.T + intercept
    return decision


def _both_ways(machine: LinearSVC) -> tuple[np.ndarray, np.ndarray]:
    if len(machine.classes_) > 2:
        return machine.coef_, machine.intercept_
    return np.vstack([-machine.coef_, machine.coef_]), np.concatenate([-machine.intercept_, machine.intercept_])


def _reading(
    machine: LinearSVC, stage: tuple[str, ...], width: int, dense: Mapping[str, np.ndarray], temperature: float
) -> LinearReading:
    weights, intercept = _both_ways(machine)
    columns = np.ascontiguousarray(weights.T, dtype=np.float32)
    dense_weights, first = [], width
    for name in stage:
        size = dense[name].shape[1]
        dense_weights.append(columns[first : first + size].copy())
        first += size
    return LinearReading(
        stage, columns[:width].copy(), tuple(dense_weights), intercept.astype(np.float32), float(temperature)
    )


def _temperature(decision: np.ndarray, truth: np.ndarray) -> float:
    """The multiplier with the least negative log-likelihood on messages kept apart."""

    def loss(log_heat: float) -> float:
        chosen = softmax(decision * np.exp(log_heat))[np.arange(len(truth)), truth]
        return float(-np.log(np.maximum(chosen, 1e-12)).mean())

    return float(np.exp(minimize_scalar(loss, bounds=(-2.0, 4.0), method="bounded").x))


def _sure(
    confidences: list[np.ndarray], truth: np.ndarray, quick_share: float
) -> tuple[float, np.ndarray, list[dict[str, float]]]:
    """The highest confidence to ask of the quick reading that still leaves it the wanted share of messages.

    The messages kept apart are harder than everyday ones, where the share is larger.
    """
    if len(confidences) < 2:
        return 0.0, confidences[0], []
    quick, thorough = confidences
    best = quick.max(axis=1)
    table = []
    for sure in np.round(np.arange(0.2, 0.96, 0.05), 2):
        decided = best >= sure
        mixed = np.where(decided[:, None], quick, thorough)
        accuracy = float((mixed.argmax(axis=1) == truth).mean())
        table.append({"sure": float(sure), "quick_share": float(decided.mean()), "accuracy": accuracy})
    enough = [row["sure"] for row in table if row["quick_share"] >= quick_share]
    sure = max(enough, default=table[0]["sure"])
    return sure, np.where((best >= sure)[:, None], quick, thorough), table


def _unknown(confidences: np.ndarray, truth: np.ndarray, config: IntentConfig) -> tuple[float, list[dict[str, float]]]:
    """The confidence below which asking back costs less than acting, by the configured costs."""
    best = confidences.max(axis=1)
    right = confidences.argmax(axis=1) == truth
    cost_of_asking = np.where(right, config.question_cost, config.question_cost * 1.5)
    table = []
    for threshold in np.round(np.arange(0.0, 0.71, 0.05), 2):
        asked = best < threshold
        cost = np.where(asked, cost_of_asking, np.where(right, 0.0, config.wrong_cost))
        table.append(
            {
                "threshold": float(threshold),
                "asked": float(asked.mean()),
                "wrong": float((~asked & ~right).mean()),
                "right": float((~asked & right).mean()),
                "cost": float(cost.mean()),
            }
        )
    return min(table, key=lambda row: (row["cost"], row["threshold"]))["threshold"], table
