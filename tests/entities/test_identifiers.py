"""Numbers of orders, parcels and phones: glued to Han, spaced, full-width; other numbers are left alone."""

from __future__ import annotations

import pytest

from bot.components.matching.identifiers import match_identifiers
from bot.components.text import normalise


def identifiers(text: str) -> list[tuple[str, str, str]]:
    normalised = normalise(text)
    return [
        (span.entity, text[slice(*normalised.span(span.start, span.end))], span.value)
        for span in match_identifiers(normalised.text)
    ]


@pytest.mark.parametrize(
    ("text", "kind", "words", "value"),
    [
        ("订单号2026030150017什么时候到", "order_id", "2026030150017", "2026030150017"),
        ("订单：730555019988", "order_id", "730555019988", "730555019988"),
        ("订单２０２６０３０１５００１７", "order_id", "２０２６０３０１５００１７", "2026030150017"),
        ("订单 2026 0301 5001 查下", "order_id", "2026 0301 5001", "202603015001"),
        ("730555019988", "order_id", "730555019988", "730555019988"),
        ("訂單編號DD20260301776", "order_id", "DD20260301776", "DD20260301776"),
        ("快递SF1400223344556到哪了", "tracking_no", "SF1400223344556", "SF1400223344556"),
        ("单号yt7700112233445", "tracking_no", "yt7700112233445", "YT7700112233445"),
        ("JDVA12345678901", "tracking_no", "JDVA12345678901", "JDVA12345678901"),
        ("ＳＦ１４００２２３３４４５５６", "tracking_no", "ＳＦ１４００２２３３４４５５６", "SF1400223344556"),
        ("快递单号：773300112244", "tracking_no", "773300112244", "773300112244"),
        ("寄回去了，中通78450099887766", "tracking_no", "78450099887766", "78450099887766"),
        ("运单号EA123456789CN", "tracking_no", "EA123456789CN", "EA123456789CN"),
        ("电话改成13711112222", "phone", "13711112222", "13711112222"),
        ("１３７ １１１１ ２２２２", "phone", "１３７ １１１１ ２２２２", "13711112222"),
        ("137-1111-2222", "phone", "137-1111-2222", "13711112222"),
        ("+86 13711112222", "phone", "13711112222", "13711112222"),
        ("账号换绑 新号13711112222", "phone", "13711112222", "13711112222"),
    ],
)
def test_an_identifier_its_words_and_its_value(text, kind, words, value):
    assert identifiers(text) == [(kind, words, value)]


@pytest.mark.parametrize(
    "text",
    [
        "税号91310000MA1K4XXX2X", "银行卡号6222021234567890123", "身份证310101199003071234", "型号20000mAh",
        "20260301", "3.1415926535", "验证码123456789", "工单号WX7788990", "买12件", "",
    ],
)  # fmt: skip
def test_other_numbers_are_none(text):
    assert identifiers(text) == []


def test_an_order_and_a_phone_in_one_message():
    assert {found[0] for found in identifiers("订单730555019988，电话13711112222")} == {"order_id", "phone"}
