"""What buyers think: asked for, counted, the good and the bad; an aspect asked for when goods are suggested."""

from __future__ import annotations

import pytest

from actions.shelf import as_items
from recommender import WHOLE, OpinionCount, Opinions, ShopRecommender

COUNTS = (
    OpinionCount("P1", "充电", 6, 0, 6),
    OpinionCount("P1", "重量", 1, 4, 5),
    OpinionCount("P1", "外观", 2, 0, 2),
    OpinionCount("P1", WHOLE, 6, 0, 6),
    OpinionCount("H4", "续航", 30, 1, 32),
    OpinionCount("H4", WHOLE, 30, 1, 32),
)


@pytest.fixture
def stage(talk, tiny_store):
    read = Opinions(COUNTS, {"充电": "充电快", "续航": "续航好", WHOLE: "满意"})
    model = ShopRecommender.fit((), as_items(tiny_store.catalogue.snapshot()), opinions=read)
    return talk("C1", recommender_provider=lambda: model)


@pytest.mark.parametrize("text", ["这款评价怎么样", "口碑好吗", "买家怎么说", "用过的人都觉得怎么样"])
def test_what_buyers_think_is_told_with_its_counts(stage, text):
    said = stage.hear(text, "ask_product_info", ("product", "P1")).text
    assert "6 条评价，平均 5.0 分" in said
    assert "充电快（提到的 6 条里 6 条）" in said and "重量（提到的 5 条里 4 条说不好）" in said
    assert "好看" not in said and "满意（" not in said


def test_an_aspect_that_is_named_is_answered_alone(stage):
    said = stage.hear("充电的评价怎么样", "ask_product_info", ("product", "P1")).text
    assert "充电快（提到的 6 条里 6 条）" in said and "重量" not in said


def test_a_product_that_nobody_reviewed_says_so(stage):
    assert "还没有人写评价" in stage.hear("这款口碑怎么样", "ask_product_info", ("product", "S1")).text


def test_a_question_about_a_property_is_still_answered_from_the_data(stage):
    assert "50小时" in stage.hear("续航怎么样", "ask_product_info", ("product", "H4")).text


def test_who_asks_for_good_battery_life_gets_it_first_and_hears_why(stage):
    said = stage.hear("推荐续航好的耳机", "request_recommendation", ("category", "耳机"))
    assert said.ids[0] == "H4" and "续航好" in said.text
    assert "32 条" in said.goods[0]["reason"] and "30 条说续航好" in said.goods[0]["reason"]
    assert said.goods[0]["aspect"] == "续航" and "aspect" not in said.goods[1]


def test_the_aspect_stays_while_the_price_is_steered(stage):
    stage.hear("推荐续航好的耳机", "request_recommendation", ("category", "耳机"))
    said = stage.hear("500以内的", "refine_recommendation", ("budget", {"min": None, "max": 500}))
    assert stage.slots["wish"]["aspects"] == ["续航"] and "500 元以内、续航好的耳机" in said.text


def test_asked_for_afterwards_it_joins_the_wish(stage):
    stage.hear("推荐几款保温杯", "request_recommendation", ("category", "保温杯"))
    said = stage.hear("有没有保温好点的", "refine_recommendation")
    assert stage.slots["wish"] == {"kinds": ["保温杯"], "aspects": ["保温"]} and len(said.ids) > 0
