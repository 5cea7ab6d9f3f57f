"""Messages are told from noise, and hardly any message is taken for noise."""

from __future__ import annotations

import numpy as np
import pytest

from bot.components import sense
from bot.components.features import NgramBlock, Reading
from bot.components.noise import noise

MESSAGES = ["我要退货", "退货怎么退", "快递到哪了", "快递到了吗"]


@pytest.fixture(scope="module")
def block() -> NgramBlock:
    return NgramBlock.fit([Reading.of(text) for text in MESSAGES], "characters", 3, 1.0)


@pytest.mark.parametrize(
    ("text", "covered"),
    [("退货", 1.0), ("退货，快递", 1.0), ("退货嘎嘎", 0.5), ("嘎嘎咕咕", 0.0), ("退", 1.0), ("嘎", 0.0), ("。", 0.0)],
)
def test_coverage_is_the_share_of_characters_in_known_ngrams(block, text, covered):
    assert sense.coverage(Reading.of(text), block, np.ones(len(block.vocabulary)))[0] == covered


def test_support_counts_only_what_speaks_for_the_intent(block):
    weights = np.array([1.0 if "退" in ngram else -1.0 for ngram in block.vocabulary])
    assert sense.coverage(Reading.of("退货快递"), block, weights) == (1.0, 0.5)


def test_ngrams_too_rare_count_as_not_seen(block):
    often = sense.rarest_idf(block, len(MESSAGES), 2)
    assert sense.coverage(Reading.of("退货哪了"), block, np.ones(len(block.vocabulary)), often)[0] == 0.5


def test_noise_is_the_same_for_a_seed_and_never_a_message():
    made = noise(120, MESSAGES, seed=1)
    assert made == noise(120, MESSAGES, seed=1) != noise(120, MESSAGES, seed=2)
    assert len(set(made) - set(MESSAGES)) == 120


def test_the_wanted_share_of_good_messages_is_lost_and_noise_is_told():
    rng = np.random.default_rng(0)
    messages = rng.normal(1.0, 0.2, (1000, len(sense.CLUES)))
    nothing = rng.normal(0.0, 0.2, (100, len(sense.CLUES)))
    model = sense.fit(messages, nothing, np.ones(1000, dtype=bool), lost=0.01)
    assert np.mean([model.of(row) < model.threshold for row in messages]) == pytest.approx(0.01)
    assert all(model.of(row) < model.threshold for row in nothing)


def test_a_trained_model_tells_noise_from_messages(small_model, small_examples):
    model, encoders = small_model
    told = [
        np.mean([decision.sense >= model.sense.threshold for decision in model.read(readings, encoders)])
        for readings in (
            [Reading.of(text) for text, _ in small_examples[::7]],
            [Reading.of(text) for text in noise(100, {text for text, _ in small_examples}, seed=99)],
        )
    ]
    assert told[0] >= 0.97
    assert told[1] <= 0.25
