"""Features: the own transform equals scikit-learn's, homophones sound alike, the last clause is found."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from bot.components.features import NgramBlock, NgramFeatures, Reading, character_ngrams
from bot.components.segmenter import words_of
from bot.components.sounds import sounds_of
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
        ("我电话13800138000", "我电话139 0013 9000"),
        ("发到guo@example.com", "发到li.lei@shop.cn"),
    ],
)
def test_messages_that_differ_only_in_a_number_read_the_same(one, other):
    assert Reading.of(one) == Reading.of(other)


@pytest.mark.parametrize("text", ["预算200左右", "42码还有吗", "iPhone 17 256GB多少钱", "满300减50", "1111"])
def test_short_numbers_keep_their_digits(text):
    assert Reading.of(text).text == normalise(text).text.lower()
