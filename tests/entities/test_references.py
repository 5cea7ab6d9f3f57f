"""第二个, 最后那款, 这个: what points at what was shown."""

from __future__ import annotations

import pytest

from bot.components.matching.references import match_references
from bot.components.text import normalise


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("第二个多少钱", [2]), ("第3款", [3]), ("第一", [1]), ("最后那个", [-1]), ("最后一款呢", [-1]),
        ("倒数第二个", [-2]),
        ("前两个哪个好", [1, 2]), ("前三款", [1, 2, 3]), ("第一个和第三个", [1, 3]), ("第二次买", []),
        ("第二天到的", []),
        ("第十二个", [12]), ("第一时间", []),
    ],
)  # fmt: skip
def test_ordinals(text, values):
    assert [span.value for span in match_references(text) if span.entity == "ordinal"] == values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("这个多少钱", ["this"]), ("就这款吧", ["this"]), ("刚才那个呢", ["that"]), ("它防水吗", ["this"]),
        ("这几款有区别吗", ["these"]),
        ("这个月", []), ("那个订单", []), ("那个，我想问下", []), ("其它的", []), ("这个问题", []),
    ],
)  # fmt: skip
def test_references(text, values):
    found = match_references(normalise(text).text)
    assert [span.value for span in found if span.entity == "reference"] == values


def test_two_ordinals_of_one_word_share_no_character():
    first, second = [span for span in match_references("前两个") if span.entity == "ordinal"]
    assert first.end == second.start
