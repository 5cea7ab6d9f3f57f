"""Whatever is typed is read in one form, and every read character knows where it was typed."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.components.text import normalise


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("１３８００１３８０００", "13800138000"),
        ("這個訂單什麼時候發貨", "这个订单什么时候发货"),
        ("我 要 退 款", "我要退款"),
        ("在吗 我那单呢", "在吗 我那单呢"),
        ("蓝 牙 耳机", "蓝牙 耳机"),
        ("  退货　 \n快点 ", "退货 快点"),
        ("太慢了！！！！！", "太慢了!!"),
        ("哈哈哈哈哈哈", "哈哈哈"),
        ("订单号20240000000015", "订单号20240000000015"),
        ("😡😡", "[怒][怒]"),
        ("❤️", "[喜欢]"),
        ("👍🏽", "[赞]"),
        ("我等著，是著名的牌子", "我等着,是著名的牌子"),
        ("退\u200b货\ufeff", "退货"),
        ("", ""),
        ("\u200b", ""),
        ("   ", ""),
        ("。", "。"),
    ],
)
def test_known_answers(typed, read):
    assert normalise(typed).text == read


def test_a_span_of_the_read_text_leads_to_the_typed_one():
    typed = "要１３８ 的  藍 牙 耳 機！！！"
    found = normalise(typed)
    start = found.text.index("蓝牙耳机")
    assert typed[slice(*found.span(start, start + 4))] == "藍 牙 耳 機"
    assert typed[slice(*found.span(1, 4))] == "１３８"
    assert found.span(2, 2) == (2, 2)


def test_a_character_that_reads_as_several_is_one_typed_character():
    found = normalise("好😡啊")
    assert found.text == "好[怒]啊"
    assert found.span(1, 4) == (1, 2)


CUSTOMER_TEXT = st.text(
    alphabet=st.one_of(
        st.sampled_from("退货款这個訂單發 　！!。~哈1１aＡ😡🙏👍🏽\u200d\ufe0f\n\t[]著㎡"),
        st.characters(blacklist_categories=()),
    ),
    max_size=60,
)


@given(CUSTOMER_TEXT)
def test_offsets_point_into_what_was_typed_in_order(typed):
    found = normalise(typed)
    assert len(found.offsets) == len(found.ends) == len(found.text)
    assert all(0 <= start < end <= len(typed) for start, end in zip(found.offsets, found.ends, strict=True))
    assert list(found.offsets) == sorted(found.offsets)


@given(CUSTOMER_TEXT)
def test_no_blank_at_the_ends_and_never_two_together(typed):
    text = normalise(typed).text
    assert text == text.strip(" ")
    assert "  " not in text


@given(st.text(alphabet="退货款什么时候到快递0123456789,.?", max_size=40))
def test_plain_text_keeps_its_digits(typed):
    digits = [sign for sign in normalise(typed).text if sign.isdigit()]
    assert digits == [sign for sign in typed if sign.isdigit()]


def test_a_message_takes_less_than_a_third_of_a_millisecond():
    messages = ["你好 昨晚拍的行車記錄儀 週六要跑長途 能今天寄出來不！！！😡", "１３８ ００１３ ８０００", "催"] * 100
    normalise(messages[0])
    best = float("inf")
    for _ in range(5):
        start = time.perf_counter()
        for message in messages:
            normalise(message)
        best = min(best, (time.perf_counter() - start) / len(messages))
    assert best < 0.0003
