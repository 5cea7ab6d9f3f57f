"""What holds of every message, whatever was typed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.components.matching.matcher import Matcher
from bot.components.matching.phrases import PhraseBook
from bot.components.text import normalise

from .shop import DIGITAL, TODAY

MATCHER = Matcher.for_catalogue(DIGITAL)
PIECES = [
    "不要", "小米", "的", "耳机", "300", "块", "以内", "到", "两三百", "第二个", "黑", "XL", "42码", "138",
    "0013", "8000",
    "SF", "订单", "明天", "周", "六", "号前", "送", "妈妈", "生日", " ", "，", "😡", "Pebble", "3", "Pro",
    "iPhone", "１２", "臺",
    "這個", "和", "除了", "万", "k", "～", "\u200b", "左右", "ﬃ", "㎡", "İ", "\n",
]  # fmt: skip
messages = st.one_of(st.text(max_size=60), st.lists(st.sampled_from(PIECES), max_size=14).map("".join))


@settings(max_examples=400, deadline=None)
@given(messages)
def test_nothing_raises_and_no_two_entities_share_a_character(text):
    normalised = normalise(text)
    spans = MATCHER.match(normalised.text, TODAY)
    behind = 0
    for span in spans:
        assert behind <= span.start < span.end <= len(normalised.text)
        behind = span.end
    typed_behind = 0
    for span in spans:
        start, end = normalised.span(span.start, span.end)
        assert typed_behind <= start < end <= len(text)
        typed_behind = start
        assert normalise(text[start:end]).text.replace(" ", "") != ""


@settings(max_examples=200, deadline=None)
@given(messages)
def test_budgets_have_an_end_and_their_ends_in_order(text):
    for span in MATCHER.match(normalise(text).text, TODAY):
        if span.entity == "budget":
            low, high = span.value["min"], span.value["max"]
            assert low is not None or high is not None
            assert low is None or high is None or 0 <= low <= high


@settings(max_examples=200, deadline=None)
@given(
    st.dictionaries(st.text("甲乙丙ab", min_size=1, max_size=4), st.integers(), max_size=8),
    st.text("甲乙丙ab", max_size=12),
)
def test_a_phrase_book_finds_what_searching_finds(phrases, text):
    book = PhraseBook()
    for phrase, entry in phrases.items():
        book.add(phrase, entry)
    expected = {
        (start, start + len(phrase), entry)
        for phrase, entry in phrases.items()
        for start in range(len(text))
        if text.startswith(phrase, start)
    }
    assert set(book.find(text)) == expected


def test_an_empty_phrase_is_refused():
    with pytest.raises(ValueError, match="everywhere"):
        PhraseBook().add("", 1)
