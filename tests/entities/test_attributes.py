"""Colours, sizes, counts, ways to pay, people and occasions."""

from __future__ import annotations

import pytest

from bot.components.matching.matcher import Matcher

from .shop import DIGITAL, of, read


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return Matcher.for_catalogue(DIGITAL)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("黑的有吗", [("黑", "黑色")]),
        ("要白色", [("白色", "白色")]),
        ("绿", [("绿", "绿色")]),
        ("红还是蓝", [("红", "红色"), ("蓝", "蓝色")]),
        ("深灰色", [("深灰色", "深灰色")]),
        ("雾霾蓝还有货不", [("雾霾蓝", "雾霾蓝")]),
        ("雾霾蓝色", [("雾霾蓝色", "雾霾蓝")]),
        ("換成紫色", [("紫色", "紫色")]),
        ("白T恤", [("白", "白色")]),
        ("玫瑰金的", [("玫瑰金", "玫瑰金")]),
        ("我明白的", []),
        ("红包怎么领", []),
        ("有色差", []),
        ("各种颜色", []),
        ("黑色星期五有活动不", []),
        ("按钮是灰的", []),
        ("白条能分期吗", []),
        ("这是什么角色", []),
    ],
)
def test_colours(matcher, text, expected):
    assert of("colour", read(text, matcher)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("换XXL", [("XXL", "XXL")]), ("2xl", [("2xl", "2XL")]), ("要L的", [("L", "L")]), ("黑的 S", [("S", "S")]),
        ("S码", [("S码", "S")]), ("43码", [("43码", "43码")]), ("三十八码", [("三十八码", "38码")]),
        ("跑鞋换42的", [("42", "42码")]), ("均码吗", [("均码", "均码")]), ("170/92A", [("170/92A", "170/92A")]),
        ("5L的水壶", []), ("256G", []), ("500ml", []), ("iPhone", []), ("A款", []), ("XL3000型", []),
    ],
)  # fmt: skip
def test_sizes(matcher, text, expected):
    assert of("size", read(text, matcher)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("来三盒", [3]), ("买2件", [2]), ("要俩", [2]), ("来一个", [1]), ("有一个问题", []), ("第二个", []),
        ("三包吗", []),
        ("两个月了", []),
    ],
)  # fmt: skip
def test_quantities(matcher, text, expected):
    assert [value for _, value in of("quantity", read(text, matcher))] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("送给我男朋友", ["男朋友"]), ("给我奶奶买双鞋", ["奶奶"]), ("适合同事的小礼品", ["同事"]),
        ("爷爷用的手机", ["爷爷"]),
        ("老婆过生日送啥", ["老婆"]), ("妈妈", ["妈妈"]), ("给五岁的女儿挑本书", ["女儿"]), ("送我闺蜜", ["闺蜜"]),
        ("我老公说不好看", []), ("会推荐给朋友的", []), ("给客服打电话", []), ("孩子吵着要睡觉", []), ("老板在吗", []),
        ("给我妈打过电话了", []),
    ],
)  # fmt: skip
def test_a_recipient_is_who_gets_the_goods(matcher, text, expected):
    assert [words for words, _ in of("recipient", read(text, matcher))] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("生日礼物", ["生日"]), ("她过生日", ["生日"]), ("结婚纪念日送什么", ["结婚纪念日"]), ("中秋送礼", ["中秋"]),
        ("情人节有什么推荐", ["情人节"]), ("春节发货吗", []), ("双十一有活动吗", []), ("结婚证丢了", []),
        ("过年好", []),
        ("CH520有货吗", []),
    ],
)  # fmt: skip
def test_an_occasion_is_what_one_gives_for(matcher, text, expected):
    assert [words for words, _ in of("occasion", read(text, matcher))] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("花呗分期", ["花呗"]),
        ("zfb能付吗", ["支付宝"]),
        ("货到付款行不", ["货到付款"]),
        ("加个微信", []),
        ("京东白条", ["白条"]),
    ],
)
def test_ways_to_pay(matcher, text, expected):
    assert [value for _, value in of("payment_method", read(text, matcher))] == expected
