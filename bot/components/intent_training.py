"""Fits the intent model: features, support vector machines, calibration, and the thresholds with their table."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, fields

import numpy as np
import scipy.sparse as sp
from scipy.optimize import minimize_scalar
from sklearn.model_selection import train_test_split
from sklearn.svm import LinearSVC

from bot.components.encoders import SentenceEncoder, TrainingEncodings
from bot.components.features import NgramBlock, NgramFeatures, Reading
from bot.components.intent_model import DensePart, IntentModel, LinearReading, softmax


@dataclass(frozen=True)
class IntentConfig:
    """How an intent model is made; unknown keys are refused by ``from_mapping``."""

    character_ngrams: int = 4  # longest run of characters; changes results
    word_ngrams: int = 2  # longest run of words
    sound_ngrams: int = 3  # longest run of toneless syllables
    rarest: int = 2  # n-grams in fewer messages are left out
    characters_weight: float = 1.0  # length of a message's character block; the other weights are relative to it
    words_weight: float = 0.7
    sounds_weight: float = 0.7
    use_weight: float = 0.7
    e5_weight: float = 0.7
    use: bool = True  # the fast encoder, part of both readings
    e5: bool = True  # the slower encoder, only asked when the quick reading is unsure
    regularisation: float = 0.7  # C of the support vector machines
    held_out: float = 0.2  # share of messages kept apart for calibration and thresholds
    quick_loss: float = 0.002  # how much accuracy the cascade may cost against always asking the slower encoder
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
    blocks = (("characters", config.character_ngrams), ("words", config.word_ngrams), ("sounds", config.sound_ngrams))
    ngrams = NgramFeatures(
        tuple(
            NgramBlock.fit(readings, kind, longest, getattr(config, f"{kind}_weight"), config.rarest)
            for kind, longest in blocks
        )
    )
    sparse = ngrams.matrix(readings)
    dense, dense_features = {}, {}
    for name, encoder in encoders.items():
        raw = encodings.encode(encoder, [reading.text for reading in readings])
        part = DensePart(name, encoder.version, getattr(config, f"{name}_weight"), raw.mean(axis=0))
        dense[name], dense_features[name] = part, part.of(raw)

    stages = [tuple(name for name in encoders if name != "e5")]
    if "e5" in encoders:
        stages.append(tuple(encoders))
    matrices = [sp.hstack([sparse, *(dense_features[name] for name in stage)], format="csr") for stage in stages]
    rows = np.arange(len(target))
    kept_in, kept_apart = _split(rows, target, config)
    jobs = [(matrix, part) for matrix in matrices for part in (kept_in, rows)]
    with ThreadPoolExecutor(min(len(jobs), os.cpu_count() or 1)) as pool:
        machines = list(pool.map(lambda job: _machine(job[0][job[1]], target[job[1]], config), jobs))

    truth = target[kept_apart]
    decisions = [
        _aligned(machines[2 * at], matrices[at][kept_apart], len(intents)) for at in range(len(stages))
    ]
    temperatures = [_temperature(decision, truth) for decision in decisions]
    confidences = [softmax(decision * heat) for decision, heat in zip(decisions, temperatures)]
    sure, cascade, sure_table = _sure(confidences, truth, config.quick_loss)
    unknown, unknown_table = _unknown(cascade, truth, config)
    stage_models = [
        _reading(machines[2 * at + 1], stage, ngrams.width, dense_features, temperatures[at])
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


def _machine(matrix: sp.csr_matrix, target: np.ndarray, config: IntentConfig) -> LinearSVC:
    return LinearSVC(C=config.regularisation, random_state=config.seed).fit(matrix, target)


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
    confidences: list[np.ndarray], truth: np.ndarray, allowed_loss: float
) -> tuple[float, np.ndarray, list[dict[str, float]]]:
    """The lowest confidence at which the quick reading decides without costing more accuracy than allowed."""
    if len(confidences) < 2:
        return 0.0, confidences[0], []
    quick, thorough = confidences
    best = quick.max(axis=1)
    least = float((thorough.argmax(axis=1) == truth).mean()) - allowed_loss
    table, chosen, chosen_mix = [], 1.01, thorough
    for sure in np.round(np.arange(0.95, 0.19, -0.05), 2):
        mixed = np.where((best >= sure)[:, None], quick, thorough)
        accuracy = float((mixed.argmax(axis=1) == truth).mean())
        table.append({"sure": float(sure), "quick_share": float((best >= sure).mean()), "accuracy": accuracy})
        if accuracy < least:
            break
        chosen, chosen_mix = float(sure), mixed
    return chosen, chosen_mix, table


def _unknown(
    confidences: np.ndarray, truth: np.ndarray, config: IntentConfig
) -> tuple[float, list[dict[str, float]]]:
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
