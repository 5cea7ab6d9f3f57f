"""The mood of a message in three classes: one linear model on n-grams of characters and the cues of ``mood_cues``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from bot.components.features import NgramBlock, NgramFeatures, Reading
from bot.components.mood_cues import CUES, cues_of
from bot.errors import Problem

LABELS = ("negative", "neutral", "positive")
_FORMAT = 1
_LONGEST = 4  # characters in an n-gram
_RAREST = 3  # messages that an n-gram must stand in
_INVERSE_PENALTY = 1.0


class UnreadableMoodModel(Problem):
    """The model's files are damaged or of another version."""


class Mood(NamedTuple):
    """``label``: one of ``LABELS``. ``score``: in [-1, 1], chance of positive less chance of negative."""

    label: str
    score: float


NEUTRAL = Mood("neutral", 0.0)


@dataclass(frozen=True)
class MoodModel:
    """``weights``: float32 (3, n-grams + cues). ``intercept``: float32 (3,). Rows in the order of ``LABELS``."""

    ngrams: NgramFeatures
    weights: np.ndarray
    intercept: np.ndarray

    def read(self, reading: Reading) -> Mood:
        """The mood of one message; neutral when there is nothing to read."""
        if not reading.text.strip():
            return NEUTRAL
        columns, values = self.ngrams.of(reading)
        scores = self.weights[:, columns] @ values + self.weights[:, self.ngrams.width :] @ cues_of(reading.text)
        scores = scores + self.intercept
        chances = np.exp(scores - scores.max())
        chances /= chances.sum()
        score = float(np.clip(chances[2] - chances[0], -1.0, 1.0))
        return Mood(LABELS[int(chances.argmax())], round(score, 4))

    def save(self, folder: Path) -> None:
        """Writes ``mood.json`` and ``mood.npz`` into the folder (made if missing)."""
        folder.mkdir(parents=True, exist_ok=True)
        (block,) = self.ngrams.blocks
        ngrams = sorted(block.vocabulary, key=block.vocabulary.__getitem__)
        np.savez(
            folder / "mood.npz",
            vocabulary=np.frombuffer("\n".join(ngrams).encode("utf-8", "surrogatepass"), dtype=np.uint8),
            idf=block.idf,
            weights=self.weights,
            intercept=self.intercept,
        )
        description = {"format": _FORMAT, "labels": LABELS, "cues": CUES, "longest": block.longest}
        (folder / "mood.json").write_text(json.dumps(description, ensure_ascii=False, indent=1), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> MoodModel:
        """The saved model. Raises UnreadableMoodModel when a file is missing, damaged, or made with other cues."""
        try:
            description = json.loads((folder / "mood.json").read_text(encoding="utf-8"))
            if description["format"] != _FORMAT or tuple(description["cues"]) != CUES:
                raise _unreadable("模型和现在的程序版本不配套")
            with np.load(folder / "mood.npz", allow_pickle=False) as stored:
                arrays = dict(stored)
            ngrams = arrays["vocabulary"].tobytes().decode("utf-8", "surrogatepass").split("\n")
            vocabulary = {ngram: column for column, ngram in enumerate(ngrams)}
            block = NgramBlock("characters", description["longest"], 1.0, vocabulary, arrays["idf"])
            if arrays["weights"].shape != (len(LABELS), len(vocabulary) + len(CUES)):
                raise _unreadable("权重和词表的大小对不上")
            return cls(NgramFeatures((block,)), arrays["weights"], arrays["intercept"])
        except (OSError, ValueError, KeyError, EOFError, TypeError) as error:
            raise _unreadable(str(error)) from error


def _unreadable(why: str) -> UnreadableMoodModel:
    return UnreadableMoodModel("情绪模型读不出来", why, "重新训练：zhike train")


def fit(texts: Sequence[str], labels: Sequence[str]) -> MoodModel:
    """Trains on typed messages with their labels (each one of ``LABELS``); the same input gives the same model.

    Multinomial logistic regression, every class weighing the same however rare it is: an angry customer overlooked
    costs more than one request taken for impatient.
    """
    from scipy.sparse import csr_matrix, hstack
    from sklearn.linear_model import LogisticRegression

    readings = [Reading.of(text) for text in texts]
    ngrams = NgramFeatures((NgramBlock.fit(readings, "characters", _LONGEST, 1.0, _RAREST),))
    cues = np.vstack([cues_of(reading.text) for reading in readings])
    features = hstack([ngrams.matrix(readings), csr_matrix(cues)]).tocsr()
    classes = np.array([LABELS.index(label) for label in labels])
    model = LogisticRegression(C=_INVERSE_PENALTY, class_weight="balanced", max_iter=300, tol=1e-3, random_state=0)
    model.fit(features, classes)
    return MoodModel(ngrams, model.coef_.astype(np.float32), model.intercept_.astype(np.float32))


def read_examples(folder: Path) -> tuple[list[str], list[str]]:
    """Texts and labels of every ``*.jsonl`` in the folder; messages without a label (on the border) are left out.

    Raises Problem, naming file and line, for what is no example, and when there is none at all.
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
    if len(set(labels)) < len(LABELS):
        raise Problem(f"{folder} 里的情绪例句不够", "三种情绪每种至少要有一条", "补上例句，或从版本库恢复这个文件夹")
    return texts, labels
