"""What cannot be understood is never acted on, least of all as a yes."""

from __future__ import annotations

import pytest

from bot.components.gate_rules import Doubt, Evidence, doubt_about, is_featureless
from bot.components.text import normalise

SURE = Evidence(known=True, confidence=0.99, threshold=0.4)


@pytest.mark.parametrize(
    "typed", ["。", "🙏", "？", "......", "", "  ", "🙏🙏🙏", "🤝", "!?!?", "———", "7777777777777", "1111", "。🙂"]
)
def test_what_says_nothing_is_featureless(typed):
    assert is_featureless(normalise(typed).text)


@pytest.mark.parametrize(
    "typed",
    [
        "嗯",
        "哈哈哈哈哈哈哈哈哈",
        "1",
        "13800138000",
        "😡😡",
        "👍",
        "ok",
        "好🙏",
        "L",
        "？退货",
        "666",
        "6666",
        "88",
        "100",
    ],
)
def test_short_answers_and_feelings_are_not(typed):
    assert not is_featureless(normalise(typed).text)


def test_a_sure_reading_passes():
    assert doubt_about("我要退货", SURE) is None


def test_why_a_message_is_not_acted_on():
    assert doubt_about("。", SURE) is Doubt.FEATURELESS
    assert doubt_about("xyzzy", SURE._replace(known=False)) is Doubt.UNKNOWN
    assert doubt_about("哦豁嘎嘎嘎", SURE._replace(noise=True)) is Doubt.NOISE
    assert doubt_about("那个", SURE._replace(confidence=0.2)) is Doubt.UNSURE
    assert doubt_about("那个", SURE._replace(confidence=0.4)) is None
