"""Fits the intent model: features, support vector machines, calibration, and the thresholds with their table."""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace

import numpy as np
import scipy.sparse as sp
from joblib import Parallel, delayed
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split
from sklearn.svm import LinearSVC

from bot.components.calibration import temperature
from bot.components.encoders import SentenceEncoder, TrainingEncodings
from bot.components.features import NgramBlock, NgramFeatures, Reading
from bot.components.intent_model import DensePart, IntentModel, LinearReading, softmax
from bot.components.noise import noise

# Which encoder is given what of a message.
_VIEWS = (("use", "text"), ("use", "ending"), ("e5", "text"))
# The cascade's stages, each with all encoders of the one before, dearer ones last; the first has none.
_ENCODERS_OF_STAGES = ((), ("use",), ("use", "e5"))
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
    use: bool = True  # the fast encoder, asked when n-grams leave it open
    e5: bool = True  # the slower encoder, asked when the fast one leaves it open too
    regularisation: float = 0.7  # C of the support vector machines
    held_out: float = 0.2  # share of messages kept apart for calibration and thresholds
    cascade_loss: float = 0.002  # accuracy on messages kept apart that sparing a dearer stage may cost
    wrong_cost: float = 1.0  # a message acted on wrongly, where ``wrong_costs`` does not name what it was taken for
    wrong_costs: Mapping[str, float] = field(default_factory=dict)  # intent → what acting on it wrongly costs
    noise: int = 400  # generated messages that mean nothing, a class of their own; 0: noise is not told from messages
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
    made = noise(config.noise, {reading.text for reading in readings}, config.seed)
    meaningless = [Reading.of(text) for text in made]
    target = np.array([*map(intents.index, labels), *[len(intents)] * len(meaningless)])
    outputs = len(intents) + bool(meaningless)
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
    sparse = ngrams.matrix([*readings, *meaningless])
    dense, features = _encoded(readings, meaningless, encoders, config, encodings)
    stages = list(
        dict.fromkeys(
            tuple(name for name, part in dense.items() if part.encoder in asked) for asked in _ENCODERS_OF_STAGES
        )
    )
    kept_in, kept_apart = _split(np.arange(len(target)), target, config)
    truth = target[kept_apart]

    # Stages don't look at each other; in processes, because liblinear has one random generator for all threads. The
    # dearest comes first, because it takes longest.
    fits = Parallel(n_jobs=min(len(stages), os.cpu_count() or 1))(
        delayed(_fitted)(sparse, [features[name] for name in stage], target, outputs, kept_in, kept_apart, config)
        for stage in reversed(stages)
    )
    readers, confidences = [], []
    for stage, (machine, decision) in zip(stages, reversed(fits), strict=True):
        heat = temperature(decision, truth)
        readers.append(_reading(machine, stage, ngrams.width, features, heat))
        confidences.append(softmax(decision * heat))
    sure, cascade, sure_tables = _sure(confidences, truth, config.cascade_loss)
    messages = truth < len(intents)
    unknown, unknown_tables = _unknown(cascade[messages, : len(intents)], truth[messages], intents, config)
    facts = {
        "config": asdict(config),
        "messages": len(readings),
        "kept_apart": int(messages.sum()),
        "kept_apart_accuracy": _accuracy(cascade[messages], truth[messages]),
        "sure_tables": sure_tables,
        "unknown_tables": unknown_tables,
    }
    return IntentModel(intents, ngrams, dense, tuple(readers), sure, unknown, facts)


def _encoded(
    readings: Sequence[Reading],
    meaningless: Sequence[Reading],
    encoders: Mapping[str, SentenceEncoder],
    config: IntentConfig,
    encodings: TrainingEncodings,
) -> tuple[dict[str, DensePart], dict[str, np.ndarray]]:
    """By part's name: the part, centred on the messages, and its features of messages and noise, (n + noise, d)."""
    parts, features = {}, {}
    for name, view in _VIEWS:
        if name not in encoders:
            continue
        raw = encodings.encode(encoders[name], [getattr(reading, view) for reading in (*readings, *meaningless)])
        part = DensePart(name, view, encoders[name].version, 1.0, raw[: len(readings)].mean(axis=0))
        part = replace(part, weight=getattr(config, f"{part.name}_weight"))
        parts[part.name], features[part.name] = part, part.of(raw)
    return parts, features


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


def _fitted(
    sparse: sp.csr_matrix,
    dense: Sequence[np.ndarray],
    target: np.ndarray,
    outputs: int,
    kept_in: np.ndarray,
    kept_apart: np.ndarray,
    config: IntentConfig,
) -> tuple[LinearSVC, np.ndarray]:
    """A stage's machine, learned from all rows; and of one learned from ``kept_in`` the decision values (n, outputs) on
    the rows ``kept_apart``.
    """
    matrix = _side_by_side(sparse, dense)
    trial = _machine(matrix[kept_in], target[kept_in], config)
    return _machine(matrix, target, config), _aligned(trial, matrix[kept_apart], outputs)


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


def _sure(
    confidences: Sequence[np.ndarray], truth: np.ndarray, loss: float
) -> tuple[tuple[float, ...], np.ndarray, list[list[dict[str, float]]]]:
    """For each stage but the last, the lowest confidence that it may decide from; the cascade's confidences (n, k);
    and for each of these stages a table of what other choices would have meant.

    From the last stage backwards: deciding here may cost ``loss`` accuracy against leaving it to the stages behind.
    """
    sure, cascade, tables = [], confidences[-1], []
    for stage in reversed(confidences[:-1]):
        best, accuracy_behind = stage.max(axis=1), _accuracy(cascade, truth)
        table = []
        for threshold in np.round(np.arange(0.3, 1.001, 0.02), 2):
            decided = best >= threshold
            mixed = np.where(decided[:, None], stage, cascade)
            table.append(
                {"sure": float(threshold), "decided": float(decided.mean()), "accuracy": _accuracy(mixed, truth)}
            )
        chosen = min((row["sure"] for row in table if row["accuracy"] >= accuracy_behind - loss), default=1.0)
        cascade = np.where((best >= chosen)[:, None], stage, cascade)
        sure.insert(0, chosen)
        tables.insert(0, table)
    return tuple(sure), cascade, tables


def _accuracy(confidences: np.ndarray, truth: np.ndarray) -> float:
    return float((confidences.argmax(axis=1) == truth).mean())


def _unknown(
    confidences: np.ndarray, truth: np.ndarray, intents: Sequence[str], config: IntentConfig
) -> tuple[dict[str, float], dict[str, list[dict[str, float]]]]:
    """By intent the confidence below which asking back costs less than acting; and by what a mistake costs the table
    that its threshold was chosen from.

    Intents of one cost share a threshold, from the messages that were taken for one of them.
    """
    costs = np.array([config.wrong_costs.get(intent, config.wrong_cost) for intent in intents])
    taken_for = confidences.argmax(axis=1)
    thresholds, tables = {}, {}
    for cost in np.unique(costs):
        rows = costs[taken_for] == cost
        table = _unknown_table(confidences[rows].max(axis=1), taken_for[rows] == truth[rows], cost, config)
        tables[f"{cost:g}"] = table
        chosen = min(table, key=lambda row: (row["cost"], row["threshold"]))["threshold"]
        thresholds |= {intent: chosen for intent, own in zip(intents, costs, strict=True) if own == cost}
    return thresholds, tables


def _unknown_table(
    best: np.ndarray, right: np.ndarray, wrong_cost: float, config: IntentConfig
) -> list[dict[str, float]]:
    """What each threshold would have meant for messages read with these confidences, (n,); shares are of these n."""
    cost_of_asking = np.where(right, config.question_cost, config.question_cost * 1.5)
    table = []
    for threshold in np.round(np.arange(0.0, 0.91, 0.05), 2):
        asked = best < threshold
        cost = np.where(asked, cost_of_asking, np.where(right, 0.0, wrong_cost))
        outcomes = {"asked": asked, "wrong": ~asked & ~right, "right": ~asked & right, "cost": cost}
        table.append(
            {"threshold": float(threshold)}
            | {name: float(outcome.mean()) if outcome.size else 0.0 for name, outcome in outcomes.items()}
        )
    return table
