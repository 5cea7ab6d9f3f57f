"""The mood of a message in three classes: n-grams of characters and the cues of ``mood_cues`` first, and a sentence
encoder only where these leave it open.

Each stage is linear; the second adds what the encoder says to what the first said. Made by ``mood_training.fit``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple
from zipfile import BadZipFile

import numpy as np

from bot.components.cascade_files import cascade_arrays, cascade_entries, read_cascade
from bot.components.encoders import SentenceEncoder
from bot.components.features import NgramBlock, NgramFeatures, Reading
from bot.components.intent_model import DensePart, LinearReading, dense_features
from bot.components.mood_cues import CUES, cues_of
from bot.errors import Problem

LABELS = ("negative", "neutral", "positive")
_FORMAT = 2


class UnreadableMoodModel(Problem):
    """The model's files are damaged or of another version."""


class Mood(NamedTuple):
    """``label``: one of ``LABELS``. ``score``: in [-1, 1], chance of positive less chance of negative."""

    label: str
    score: float


NEUTRAL = Mood("neutral", 0.0)


@dataclass(frozen=True)
class MoodModel:
    """``stages``: readings over ``LABELS``, whose sparse columns are the n-grams and then the cues.

    ``dense``: the encoders' parts by name. ``sure``: for each stage but the last the chance from which on it decides.
    ``facts``: what training found out.
    """

    ngrams: NgramFeatures
    dense: Mapping[str, DensePart]
    stages: tuple[LinearReading, ...]
    sure: tuple[float, ...]
    facts: Mapping[str, object] = field(default_factory=dict)

    def read(self, reading: Reading, encoders: Mapping[str, SentenceEncoder]) -> Mood:
        """The mood of one message; neutral when there is nothing to read. ``encoders``: by the names in ``dense``."""
        if not reading.text.strip():
            return NEUTRAL
        columns, values = self.ngrams.of(reading)
        columns = np.concatenate([columns, self.ngrams.width + np.arange(len(CUES))])
        values = np.concatenate([values, cues_of(reading.text)])
        dense: dict[str, np.ndarray] = {}
        for stage, sure in zip(self.stages, (*self.sure, 0.0), strict=True):
            missing = [self.dense[name] for name in stage.parts if name not in dense]
            dense |= {name: rows[0] for name, rows in dense_features(missing, [reading], encoders).items()}
            chances = stage.confidences(stage.decide(columns, values, dense))
            if chances.max() >= sure:
                break
        score = float(np.clip(chances[2] - chances[0], -1.0, 1.0))
        return Mood(LABELS[int(chances.argmax())], round(score, 4))

    def save(self, folder: Path) -> None:
        """Writes ``mood.json`` and ``mood.npz`` into the folder (made if missing)."""
        folder.mkdir(parents=True, exist_ok=True)
        (block,) = self.ngrams.blocks
        ngrams = sorted(block.vocabulary, key=block.vocabulary.__getitem__)
        arrays = {
            "vocabulary": np.frombuffer("\n".join(ngrams).encode("utf-8", "surrogatepass"), dtype=np.uint8),
            "idf": block.idf,
            **cascade_arrays(self.dense, self.stages),
        }
        np.savez(folder / "mood.npz", **arrays)
        description = {
            "format": _FORMAT,
            "labels": LABELS,
            "cues": CUES,
            "longest": block.longest,
            **cascade_entries(self.dense, self.stages),
            "sure": self.sure,
            "facts": self.facts,
        }
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
            dense, stages = read_cascade(description, arrays)
            if any(stage.sparse_weights.shape != (len(vocabulary) + len(CUES), len(LABELS)) for stage in stages):
                raise _unreadable("权重和词表的大小对不上")
            return cls(NgramFeatures((block,)), dense, stages, tuple(description["sure"]), description["facts"])
        except (OSError, ValueError, KeyError, EOFError, TypeError, BadZipFile) as error:
            raise _unreadable(str(error)) from error


def _unreadable(why: str) -> UnreadableMoodModel:
    return UnreadableMoodModel("情绪模型读不出来", why, "重新训练：zhike train")
