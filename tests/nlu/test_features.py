"""Features: the own transform equals scikit-learn's, homophones sound alike, the last clause is found."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

from bot.components.features import NgramBlock, NgramFeatures, Reading, character_ngrams
from bot.components.segmenter import words_of
from bot.components.sounds import sounds_of
from bot.components.stand_ins import with_stand_ins
from bot.components.text import normalise

TEXTS = ["退货怎么退", "退款到哪了", "你好 怎么退货 退货运费", "发票", "发票 发票 发票抬头"]


def test_tfidf_is_scikit_learns_with_sublinear_tf():
    readings = [Reading.of(text) for text in TEXTS]
    features = NgramFeatures((NgramBlock.fit(readings, "characters", 3, 1.0),))
    vectorizer = TfidfVectorizer(analyzer=lambda reading: character_ngrams(reading, 3), sublinear_tf=True)
    expected = vectorizer.fit_transform(readings)
    np.testing.assert_allclose(features.matrix(readings).toarray(), expected.toarray(), rtol=1e-5)


def test_a_block_has_the_length_of_its_weight():
    readings = [Reading.of(text) for text in TEXTS]
    block = NgramBlock.fit(readings, "words", 2, 0.7)
    assert np.linalg.norm(block.of(readings[2])[1]) == pytest.approx(0.7, rel=1e-5)


def test_nothing_known_gives_no_features():
    block = NgramBlock.fit([Reading.of(text) for text in TEXTS], "characters", 3, 1.0)
    columns, values = block.of(Reading.of("xyz"))
    assert len(columns) == len(values) == 0


@pytest.mark.parametrize("typed", ["推款", "tuikuan", "腿款", "推 款"])
def test_homophones_and_typed_pinyin_sound_like_the_word(typed):
    assert sounds_of(Reading.of(typed).text) == sounds_of("退款")


@pytest.mark.parametrize(("text", "sounds"), [("ok", ["ok"]), ("xl", ["xl"]), ("女 1", ["nv", "1"]), ("", [])])
def test_what_is_no_pinyin_stays(text, sounds):
    assert sounds_of(text) == sounds


@pytest.mark.parametrize(
    ("typed", "ending"),
    [
        ("你好，我这地址填错了能改吗", "我这地址填错了能改吗"),
        ("帮我查下快递 谢谢", "帮我查下快递 谢谢"),
        ("退货", "退货"),
        ("在吗？？？想开发票", "想开发票"),
        ("。。。", "。。"),
    ],
)
def test_the_last_clause_holds_the_wish(typed, ending):
    assert Reading.of(typed).ending == ending


def test_words_stand_where_they_say():
    text = "这个订单什么时候发货 ok!!"
    assert all(text[word.start : word.end] == word.text for word in words_of(text))
    assert [word.text for word in words_of(text)][:2] == ["这个", "订单"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("730109026631", "202311058866"),
        ("再帮我查下730101015827", "再帮我查下４４０２９１８８３７１０"),
        ("单号SF1390284756021到哪了", "单号YT8839201746532到哪了"),
        ("单号 7301 0902 6631", "单号 730109026631"),
        ("我电话13800138000", "我电话139 0013 9000"),
        ("发到guo@example.com", "发到li.lei@shop.cn"),
        ("税号91110108MA01ABCD2X", "税号91330106MA2KH5PT9L"),
    ],
)
def test_messages_that_differ_only_in_a_number_read_the_same(one, other):
    assert Reading.of(one) == Reading.of(other)


@given(
    st.sampled_from(["", "帮我查下", "单号"]), st.sampled_from(["", "到哪了", " 谢谢"]),
    st.sampled_from([r"[2-9]\d{8,18}", r"(SF|YT|JD|JDVB)\d{10,15}", r"1[3-9]\d{9}", r"[a-z]{3,8}@[a-z]{3,8}\.com"]),
    st.data(),
)  # fmt: skip
def test_any_two_numbers_of_a_kind_read_the_same(before, after, kind, data):
    one, other = (data.draw(st.from_regex(re.compile(kind, re.ASCII), fullmatch=True)) for _ in range(2))
    assert Reading.of(before + one + after) == Reading.of(before + other + after)


def test_each_kind_has_a_stand_in_of_its_own_that_stays():
    numbers = ["a@b.cn", "13912345678", "sf1390284756021", "730109026631", "91110108ma01abcd2x"]
    stand_ins = [with_stand_ins(number) for number in numbers]
    assert len(set(stand_ins)) == len(numbers)
    assert [with_stand_ins(stand_in) for stand_in in stand_ins] == stand_ins


@pytest.mark.parametrize(
    "text",
    ["预算200左右", "42码还有吗", "iPhone 17 256GB多少钱", "满300减50", "1111", "1000-2000的手机", "2026-11-25前到"],
)
def test_short_numbers_keep_their_digits(text):
    assert Reading.of(text).text == normalise(text).text.lower()
