"""What the customer does not want carries the role exclude, and nothing else does."""

from __future__ import annotations

import pytest

from bot.components.matching.matcher import Matcher

from .shop import read


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return Matcher.for_catalogue(None)


@pytest.mark.parametrize(
    ("text", "unwanted"),
    [
        ("不要小米的", ["小米"]),
        ("别给我推荐华为", ["华为"]),
        ("除了索尼还有什么牌子", ["索尼"]),
        ("戴森免谈", ["戴森"]),
        ("飞科就算了吧", ["飞科"]),
        ("联想和华为的都不考虑", ["联想", "华为"]),
        ("不要小米、华为的", ["小米", "华为"]),
        ("三星的手机不考虑", ["三星"]),
        ("不要黑色，要白的", ["黑色"]),
        ("先别发蓝色的", ["蓝色"]),
        ("不是红色，是黑色", ["红色"]),
        ("别推耳机了", ["耳机"]),
        ("不想要安踏的鞋", ["安踏"]),
        ("换掉小米", []),
        ("要不要买小米的", []),
        ("小米和华为哪个好", []),
        ("还有没有别的颜色，黑色的呢", []),
        ("这耳机我不要了", []),
        ("苹果手机的区别", []),
        ("没有白色的吗", []),
        ("特别喜欢白色", []),
    ],
)
def test_exclusions(matcher, text, unwanted):
    assert [words for _, words, _, role in read(text, matcher) if role == "exclude"] == unwanted
