"""What a review says of which aspect: negation, two aspects in a clause, service apart from goods, the classifier."""

from __future__ import annotations

import numpy as np
import pytest

from actions import aspects
from bot.reviews.reading import mentions, read
from recommender import WHOLE


def sides(text: str) -> dict[str, int]:
    """Aspect → side, by words alone, without the whole."""
    return {name: side for name, side in read([text], None)[0].items() if name != WHOLE}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("续航很持久", {"续航": 1}),
        ("续航不行", {"续航": -1}),
        ("音质和续航都很好", {"音质": 1, "续航": 1}),
        ("音质不错，但续航太差", {"音质": 1, "续航": -1}),
        ("屏幕清晰续航差劲", {"屏幕": 1, "续航": -1}),
        ("一点也不磨脚", {"舒适": 1}),
        ("没有异味", {"气味": 1}),
        ("味道淡淡的，很好闻", {"气味": 1}),
        ("味道有点淡", {"味道": -1}),
        ("开着有点吵", {"噪音": -1}),
        ("声音很大，吵得睡不着", {"噪音": -1}),
        ("人声很清楚，声音干净", {"音质": 1}),
        ("买大了一码，其它还行", {"尺码": -1}),
        ("没想象的保温", {"保温": -1}),
        ("做工非常好，特别满意", {"做工": 1}),
        ("续航特别持久", {"续航": 1}),
        ("分量好少", {"分量": -1}),
        ("做工沒有毛刺", {"做工": 1}),
        ("性价比超高！！！", {"性价比": 1}),
        ("颜色是蓝的", {"颜色": 0}),
        ("今天收拾了阳台", {}),
        ("", {}),
    ],
)
def test_words_take_the_side_of_their_aspect(text, expected):
    assert sides(text) == expected


def test_a_slow_parcel_is_not_held_against_the_goods():
    verdicts = read(["等了十天才到，客服也不理人"], lambda texts: np.full(len(texts), -0.99))[0]
    assert verdicts == {"物流": -1, "客服": -1}


def test_the_classifier_reads_goods_and_service_apart():
    seen: list[str] = []

    def score(texts):
        seen.extend(texts)
        return np.array([-0.95 if "快递" in text else 0.95 for text in texts])

    verdicts = read(["快递员把箱子扔门口，杯子的颜色是蓝的"], score)[0]
    assert verdicts["物流"] == -1 and verdicts["颜色"] == 1 and verdicts[WHOLE] == 1
    assert len(seen) == 2 and not any("快递" in text and "杯子" in text for text in seen)


def test_words_outweigh_the_classifier_and_it_decides_where_there_are_none():
    against = read(["续航很持久", "续航是这样"], lambda texts: np.full(len(texts), -0.99))
    assert against[0]["续航"] == 1 and against[1]["续航"] == -1


def test_each_text_is_scored_once_and_certainty_is_finite():
    asked: list[int] = []

    def score(texts):
        asked.append(len(texts))
        return np.ones(len(texts))

    read(["颜色是蓝的"] * 50, score)
    assert asked == [1]


def test_no_reviews_are_no_work():
    assert read([], lambda texts: np.zeros(len(texts))) == []


@pytest.mark.parametrize("aspect", [a for a in aspects.table() if a.name != WHOLE], ids=lambda a: a.name)
def test_praise_as_it_is_said_to_customers_is_read_as_praise_of_that_aspect(aspect):
    assert sides(aspect.praise).get(aspect.name) == 1


def test_mentions_come_in_order_with_their_clause():
    found = mentions("做工扎实，就是充得慢")
    assert [(one.clause, one.aspect, one.side) for one in found] == [
        ("做工扎实", "做工", 1),
        ("就是充得慢", "充电", -1),
    ]
