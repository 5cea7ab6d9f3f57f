"""Days as customers say them, from a Wednesday, 25 November 2026."""

from __future__ import annotations

from datetime import date

import pytest

from bot.components.matching.dates import match_dates

TODAY = date(2026, 11, 25)


@pytest.mark.parametrize(
    ("text", "words", "value"),
    [
        ("明天能到不", "明天", "2026-11-26"),
        ("大后天用", "大后天", "2026-11-28"),
        ("周五之前", "周五之前", "../2026-11-27"),
        ("周二送", "周二", "2026-12-01"),
        ("下周五", "下周五", "2026-12-04"),
        ("上周日买的", "上周日", "2026-11-22"),
        ("星期一下单的", "星期一", "2026-11-23"),
        ("下周", "下周", "2026-11-30/2026-12-06"),
        ("这个月", "这个月", "2026-11-01/2026-11-30"),
        ("下个月", "下个月", "2026-12-01/2026-12-31"),
        ("周末送货", "周末", "2026-11-28/2026-11-29"),
        ("八号前要", "八号前", "../2026-12-08"),
        ("28号", "28号", "2026-11-28"),
        ("下个月3号", "下个月3号", "2026-12-03"),
        ("12月3日", "12月3日", "2026-12-03"),
        ("1月5号", "1月5号", "2027-01-05"),
        ("2026-12-01", "2026-12-01", "2026-12-01"),
        ("2026年12月1日", "2026年12月1日", "2026-12-01"),
        ("月底前", "月底前", "../2026-11-30"),
        ("三天内", "三天内", "2026-11-25/2026-11-28"),
    ],
)
def test_a_day_its_words_and_its_date(text, words, value):
    (span,) = match_dates(text, TODAY)
    assert (text[span.start : span.end], span.value) == (words, value)


@pytest.mark.parametrize("text", ["31月2号", "13月40日", "2号楼", "2号线", "5.5折", "1.5升", "周期", "三天", "第2号柜"])
def test_what_is_no_day_is_none(text):
    assert match_dates(text, TODAY) == []


def test_the_turn_of_the_year():
    (span,) = match_dates("下个月", date(2026, 12, 30))
    assert span.value == "2027-01-01/2027-01-31"


def test_the_29th_of_february_in_a_common_year_is_none():
    assert match_dates("2月29号", TODAY) == []
