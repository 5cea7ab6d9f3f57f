"""Words of feeling are read with what negates, drives and mocks them."""

from __future__ import annotations

import pytest

from bot.components.mood_cues import CUES, cues_of, polar_words
from bot.components.text import normalise


def cue(text: str, name: str) -> float:
    return float(cues_of(normalise(text).text)[CUES.index(name)])


@pytest.mark.parametrize(
    ("text", "signs"),
    [
        ("满意", [1]), ("不满意", [-1]), ("没有不满意", [1]), ("不是很满意", [-1]), ("喜欢", [1]), ("不喜欢", [-1]),
        ("不得不说满意", [1]), ("非常满意", [1]), ("特别失望", [-1]), ("没让我失望", [1]), ("几点发货", []),
    ],
)  # fmt: skip
def test_negation_turns_a_word_and_turns_it_back(text, signs):
    assert [sign for _, sign, _ in polar_words(text)] == signs


def test_praise_in_quotation_marks_is_marked():
    assert cue("你们可真“准时”", "quoted_praise") == 1
    assert cue("你们真准时", "quoted_praise") == 0


def test_a_calm_request_is_marked_as_one():
    assert cue("请问怎么换货", "request_calm") == 1
    assert cue("请问你们是不是骗子", "request_calm") == 0


def test_emoji_alone_carry_the_mood():
    assert cue("😡😡", "emoji_only") == 1
    assert cue("😡😡", "negative") > 0
    assert cue("😍", "positive") > 0


@pytest.mark.parametrize("text", ["", " ", "🈚", "a" * 500, "“”“”", "\u200b"])
def test_every_text_has_bounded_cues(text):
    values = cues_of(normalise(text).text)
    assert values.shape == (len(CUES),)
    assert (abs(values) <= 2).all()
