"""The training messages, a small model that is quick to make, and the whole one for what is measured."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import yaml

from bot.components import intent_training
from bot.components.encoders import SentenceEncoder, TrainingEncodings
from bot.components.features import Reading
from bot.components.intent_model import IntentModel

ROOT = Path(__file__).resolve().parents[2]


def examples() -> list[tuple[str, str]]:
    """(text, intent) of every training message, as they stand in data/nlu."""
    found = []
    for path in sorted((ROOT / "data" / "nlu").glob("*.yml")):
        for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            lines = block["examples"].splitlines()
            assert all(line.startswith("- ") for line in lines), path
            found += [(line[2:], block["intent"]) for line in lines]
    return found


class SpellingEncoder(SentenceEncoder):
    """Stands in for a sentence encoder: the letters of a text, hashed; counts what it was asked."""

    name = "use"
    dimensions = 16

    def __init__(self, name: str = "use") -> None:
        self.name = name
        self.asked: list[str] = []

    @property
    def version(self) -> str:
        return f"spelling-{self.name}"

    def encode(self, texts):
        self.asked += list(texts)
        vectors = np.full((len(texts), self.dimensions), 0.01, dtype=np.float32)
        for row, text in enumerate(texts):
            for sign in text:
                vectors[row, ord(sign) % self.dimensions] += 1
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.fixture(scope="session")
def training_examples() -> list[tuple[str, str]]:
    return examples()


SMALL_INTENTS = ("ask_invoice", "greet", "request_return", "track_order")


@pytest.fixture(scope="session")
def small_examples(training_examples) -> list[tuple[str, str]]:
    return [(text, intent) for text, intent in training_examples if intent in SMALL_INTENTS]


def fit_small(examples: list[tuple[str, str]], **options: object) -> tuple[IntentModel, dict[str, SentenceEncoder]]:
    encoders = {"use": SpellingEncoder("use"), "e5": SpellingEncoder("e5")}
    model = intent_training.fit(
        [Reading.of(text) for text, _ in examples],
        [intent for _, intent in examples],
        encoders,
        intent_training.IntentConfig.from_mapping(options),
        TrainingEncodings(None),
    )
    return model, encoders


@pytest.fixture(scope="session")
def small_model(small_examples) -> tuple[IntentModel, dict[str, SentenceEncoder]]:
    return fit_small(small_examples)
