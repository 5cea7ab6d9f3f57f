"""Budgets in all the forms customers use; prices paid, thresholds and differences are none."""

from __future__ import annotations

import pytest

from bot.components.matching.money import match_money
from bot.components.matching.numbers import NUMBER_RUN, read_amount, read_number
from bot.components.text import normalise


def budgets(text: str) -> list[tuple[str, float | None, float | None]]:
    normalised = normalise(text)
    spans = [span for span in match_money(normalised.text) if span.entity == "budget"]
    return [
        (text[slice(*normalised.span(span.start, span.end))], span.value["min"], span.value["max"]) for span in spans
    ]


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("0", 0), ("37", 37), ("2,500", 2500), ("六十", 60), ("十二", 12), ("一百零八", 108), ("四百六", 460),
        ("四百六十", 460), ("九千一", 9100), ("两万八", 28000), ("3千4", 3400), ("3千4百", 3400), ("2.5k", 2500),
        ("1w", 10000), ("伍佰", 500), ("百八", 180), ("三十万", 300000), ("一千零五十", 1050),
    ],
)  # fmt: skip
def test_numbers_are_read_as_they_are_said(written, number):
    assert read_number(written) == number


@pytest.mark.parametrize("written", ["", "一二三", "百百", "k", "多", "几"])
def test_what_is_no_number_is_none(written):
    assert read_number(written) is None


@pytest.mark.parametrize(
    ("written", "low", "high"),
    [
        ("六七百", 600, 700), ("四五十", 40, 50), ("两千多", 2000, 3000), ("160多", 160, 170), ("十几", 10, 20),
        ("二十几万", 200000, 300000), ("几千", 1000, 10000), ("大几千", 5000, 10000), ("百来", 80, 120),
        ("千把", 800, 1200), ("上万", 10000, None),
    ],
)  # fmt: skip
def test_vague_numbers_have_two_ends(written, low, high):
    amount = read_amount(written)
    assert (amount.low, amount.high, amount.exact) == (low, high, False)


@pytest.mark.parametrize(
    ("text", "words", "low", "high"),
    [
        ("四百以内的有没有", "四百以内", None, 400),
        ("不超过八十", "不超过八十", None, 80),
        ("别超过2k", "别超过2k", None, 2000),
        ("150以下", "150以下", None, 150),
        ("５００元以下", "５００元以下", None, 500),
        ("顶多六百块", "顶多六百块", None, 600),
        ("七百封顶", "七百封顶", None, 700),
        ("不到一千", "不到一千", None, 1000),
        ("预算850", "850", None, 850),
        ("预算就两千四", "两千四", None, 2400),
        ("60左右", "60左右", 48, 72),
        ("六百块钱左右吧", "六百块钱左右", 480, 720),
        ("1.5k上下", "1.5k上下", 1200, 1800),
        ("大概四百块", "四百块", 320, 480),
        ("两三百", "两三百", 200, 300),
        ("七八十块的", "七八十块", 70, 80),
        ("两千多的平板有吗", "两千多", 2000, 3000),
        ("四百到六百", "四百到六百", 400, 600),
        ("二百到二百五的", "二百到二百五", 200, 250),
        ("1到2百", "1到2百", 100, 200),
        ("2-4k的本子", "2-4k", 2000, 4000),
        ("80~120", "80~120", 80, 120),
        ("600和900之间", "600和900之间", 600, 900),
        ("两千以上", "两千以上", 2000, None),
        ("至少三百", "至少三百", 300, None),
        ("不要900以上的", "900以上", None, 900),
        ("想花120左右给妈妈买围巾", "120左右", 96, 144),
        ("¥300以内", "¥300以内", None, 300),
        ("三百出头", "三百出头", 300, 360),
        ("推荐个250块的水杯", "250块", None, 250),
    ],
)
def test_a_budget_and_its_words(text, words, low, high):
    assert budgets(text) == [(words, low, high)]


@pytest.mark.parametrize(
    "text",
    [
        "满400减60怎么算", "满199包邮吗", "当时花了450块买的", "退了我80块", "便宜了30元", "跟上周差了40块",
        "比别家贵20块左右", "给我一张50块的券", "运费15元", "付了两次600块", "实付230左右", "降到99块了",
        "66W快充够用吗",
        "20000毫安", "保修30天", "两件", "三五个人用", "第300个", "万一不合适", "5W30的机油", "我妈六十了",
        "四十三的还有吗", "订单号202611250300", "少退我二十八块", "贵了一百多",
    ],
)  # fmt: skip
def test_what_was_paid_or_promised_is_no_budget(text):
    assert budgets(text) == []


def test_a_price_paid_is_an_amount():
    (span,) = match_money("退款只到了35块")
    assert (span.entity, span.value) == ("amount", 35)


def test_two_budgets_in_one_message_are_both_read():
    assert [budget[1:] for budget in budgets("耳机两百以内，音箱五百左右")] == [(None, 200), (400, 600)]


def test_a_run_ends_where_the_number_ends():
    import re

    assert re.match(NUMBER_RUN, "三百以内").group() == "三百"
    assert re.match(NUMBER_RUN, "1k左右").group() == "1k"
