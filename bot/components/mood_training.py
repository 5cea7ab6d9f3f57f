"""Fits the mood model: logistic regressions, calibration, and the chance from which on n-grams alone decide."""

from __future__ import annotations

import json
import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import scipy.sparse as sp
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.utils.class_weight import compute_sample_weight

from bot.components.calibration import temperature
from bot.components.encoders import SentenceEncoder, TrainingEncodings
from bot.components.features import NgramBlock, NgramFeatures, Reading
from bot.components.intent_model import DensePart, LinearReading, softmax
from bot.components.mood_cues import cues_of
from bot.components.mood_model import LABELS, MoodModel
from bot.errors import Problem

_LONGEST = 4  # characters in an n-gram
_RAREST = 3  # messages that an n-gram must stand in
_INVERSE_PENALTY = 1.0
_ITERATIONS = 60  # at most: the fit is cut short of convergence, for time
# What the encoder's scores weigh beside those of n-grams and cues: between 0.3 and 0.7 messages kept apart are read
# equally well. The fast encoder (USE) beside it gains on some kinds of messages what it loses on others.
_ENCODER_SHARE = 0.5
_HELD_OUT = 0.2
_FEWEST = 5  # messages of a mood, so that some can be kept apart
_CASCADE_LOSS = 0.004  # mean recall on messages kept apart that sparing the encoder may cost
_SEED = 7


def fit(
    texts: Sequence[str], labels: Sequence[str], encoder: SentenceEncoder | None, encodings: TrainingEncodings
) -> MoodModel:
    """Trains on typed messages with their labels (each one of ``LABELS``); the same input gives the same model.

    Multinomial logistic regressions, every class weighing the same however rare it is: an angry customer overlooked
    costs more than one request taken for impatient. Without an ``encoder`` n-grams and cues decide alone.
    """
    readings = [Reading.of(text) for text in texts]
    truth = np.array([LABELS.index(label) for label in labels])
    ngrams = NgramFeatures((NgramBlock.fit(readings, "characters", _LONGEST, 1.0, _RAREST),))
    cues = np.vstack([cues_of(reading.text) for reading in readings])
    sparse = sp.hstack([ngrams.matrix(readings), sp.csr_matrix(cues)]).tocsr()
    dense, features = {}, []
    if encoder is not None:
        raw = encodings.encode(encoder, [reading.text for reading in readings])
        part = DensePart(encoder.name, "text", encoder.version, 1.0, raw.mean(axis=0))
        dense, features = {part.name: part}, [part.of(raw)]

    rows = np.arange(len(truth))
    kept_in, kept_apart = train_test_split(rows, test_size=_HELD_OUT, random_state=_SEED, stratify=truth)
    trial = _stages(sparse, tuple(dense), features, truth, kept_in)
    weights = compute_sample_weight("balanced", truth[kept_apart])
    decisions = [
        sparse[kept_apart] @ stage.sparse_weights
        + sum(block[kept_apart] @ share for block, share in zip(features, stage.dense_weights, strict=False))
        + stage.intercept
        for stage in trial
    ]
    heats = [temperature(decision, truth[kept_apart], weights) for decision in decisions]
    chances = [softmax(decision * heat) for decision, heat in zip(decisions, heats, strict=True)]
    sure, table = _sure(chances, truth[kept_apart], weights)
    stages = tuple(
        LinearReading(stage.parts, stage.sparse_weights, stage.dense_weights, stage.intercept, heat)
        for stage, heat in zip(_stages(sparse, tuple(dense), features, truth, rows), heats, strict=True)
    )
    return MoodModel(ngrams, dense, stages, sure, {"messages": len(truth), "sure_table": table})


def _stages(
    sparse: sp.csr_matrix, names: tuple[str, ...], features: Sequence[np.ndarray], truth: np.ndarray, rows: np.ndarray
) -> list[LinearReading]:
    """The stages learned from some rows, not yet calibrated."""
    first = _regression(sparse[rows], truth[rows])
    alone = LinearReading((), first.coef_.T.astype(np.float32), (), first.intercept_.astype(np.float32), 1.0)
    if not names:
        return [alone]
    second = _regression(features[0][rows], truth[rows])
    share = (second.coef_.T * _ENCODER_SHARE).astype(np.float32)
    intercept = (first.intercept_ + second.intercept_ * _ENCODER_SHARE).astype(np.float32)
    return [alone, LinearReading(names, alone.sparse_weights, (share,), intercept, 1.0)]


def _regression(matrix: sp.csr_matrix | np.ndarray, truth: np.ndarray) -> LogisticRegression:
    model = LogisticRegression(
        C=_INVERSE_PENALTY, class_weight="balanced", max_iter=_ITERATIONS, tol=1e-3, random_state=_SEED
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return model.fit(matrix, truth)


def _sure(
    chances: Sequence[np.ndarray], truth: np.ndarray, weights: np.ndarray
) -> tuple[tuple[float, ...], list[dict[str, float]]]:
    """The lowest chance from which the first stage may decide, and the table of what other choices would have meant.

    ``weights`` make the share of messages read right the mean of the classes' recalls.
    """
    if len(chances) < 2:
        return (), []
    first, second = chances
    best, table = first.max(axis=1), []
    for threshold in np.round(np.arange(0.4, 1.001, 0.02), 2):
        decided = best >= threshold
        right = np.where(decided, first.argmax(axis=1), second.argmax(axis=1)) == truth
        recall = float(np.average(right, weights=weights))
        table.append({"sure": float(threshold), "decided": float(decided.mean()), "mean_recall": recall})
    enough = table[-1]["mean_recall"] - _CASCADE_LOSS
    return (min(row["sure"] for row in table if row["mean_recall"] >= enough),), table


def read_examples(folder: Path) -> tuple[list[str], list[str]]:
    """Texts and labels of every ``*.jsonl`` in the folder; messages without a label (on the border) are left out.

    Raises Problem, naming file and line, for what is no example, and when a mood has too few.
    """
    texts: list[str] = []
    labels: list[str] = []
    for path in sorted(folder.glob("*.jsonl")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
                text, label = row["text"], row["sentiment"]
            except (ValueError, KeyError, TypeError) as error:
                fix = '每行写成 {"text": "…", "sentiment": "negative"}'
                raise Problem(f"{path.name} 第 {number} 行读不懂", str(error), fix) from error
            if label is None:
                continue
            if label not in LABELS:
                known = "、".join(LABELS)
                raise Problem(f"{path.name} 第 {number} 行的情绪是 {label!r}", f"只认 {known} 或 null", "改正这一行")
            texts.append(text)
            labels.append(label)
    if any(labels.count(label) < _FEWEST for label in LABELS):
        raise Problem(
            f"{folder} 里的情绪例句不够", f"三种情绪每种至少要有 {_FEWEST} 条", "补上例句，或从版本库恢复这个文件夹"
        )
    return texts, labels
