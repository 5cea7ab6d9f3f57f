"""From the store to a suggestion's reason, and back from a thumb down to fewer of them."""

from __future__ import annotations

import pytest

import bot.reviews
from actions.shelf import as_items
from bot.components.encoders import TrainingEncodings
from bot.components.polarity import ReviewPolarity
from recommender import Request, ShopRecommender
from store import Store
from store.importing import import_rows
from store.models import Impression, Product

GOOD = [f"续航很持久，用了{n}天还有电，满意" for n in range(2, 14)]


@pytest.fixture
def store(tmp_path):
    with Store.open(f"sqlite:///{tmp_path / 'shop.db'}") as opened:
        opened.catalogue.upsert([Product("P1", "甲牌 耳机", 99.0, "耳机"), Product("P2", "乙牌 耳机", 89.0, "耳机")])
        opinions(opened, GOOD, 5)
        yield opened


@pytest.fixture(autouse=True)
def small_classifier(monkeypatch):
    """Learning from the shipped reviews takes half a minute; here few words are enough."""
    texts = [f"{thing}{said}" for thing in "甲乙丙丁戊己庚辛壬癸" for said in ("很好，满意", "太差，失望")]
    model = ReviewPolarity(None).fit(texts, [1, 0] * 10, TrainingEncodings())
    monkeypatch.setattr(bot.reviews, "shipped_polarity", lambda cache: model)


def opinions(store: Store, texts: list[str], rating: int) -> None:
    rows = [
        {"product_id": "P1", "text": text, "at": "2026-11-01 10:00:00", "customer_id": f"C{n}", "rating": rating}
        for n, text in enumerate(texts)
    ]
    assert import_rows(store, "reviews", rows).ok


def suggested(store: Store, tmp_path):
    read = bot.reviews.opinions_of(store, store.behaviour.interactions(), tmp_path)
    model = ShopRecommender.fit((), as_items(store.catalogue.snapshot()), opinions=read)
    return model, model.suggest(Request(aspects=frozenset({"续航"}))).items[0]


def test_a_shop_without_reviews_needs_no_classifier(tmp_path, monkeypatch):
    monkeypatch.setattr(bot.reviews, "shipped_polarity", lambda cache: pytest.fail("not needed"))
    with Store.open(f"sqlite:///{tmp_path / 'empty.db'}") as empty:
        assert len(bot.reviews.opinions_of(empty, empty.behaviour.interactions(), tmp_path)) == 0


def test_reviews_give_the_first_place_and_the_reason(store, tmp_path):
    _, first = suggested(store, tmp_path)
    assert first.product_id == "P1"
    assert (first.evidence["aspect"], first.evidence["good"], first.evidence["said"]) == ("续航", 12, 12)
    assert "12 条评价" in first.reason and "12 条说续航好" in first.reason


def test_a_thumb_down_on_that_reason_is_counted_at_the_next_training(store, tmp_path):
    _, first = suggested(store, tmp_path)
    items = [{"product_id": "P1", "aspect": first.evidence["aspect"]}]
    store.impressions.add(Impression("i1", "s1", "C9", store.clock.now(), "content", False, items)).result()
    store.feedback.add("s1", "C9", "down", impression_id="i1", product_id="P1")
    later, again = suggested(store, tmp_path)
    count = next(one for one in later.opinions_of("P1") if one.aspect == "续航")
    assert count.objections == 1 and (count.good, count.said) == (12, 12)
    assert again.score < first.score


def test_bad_reviews_that_come_later_end_the_reason(store, tmp_path):
    opinions(store, [f"续航太短，第{n}次出门就没电，失望" for n in range(12)], 1)
    _, first = suggested(store, tmp_path)
    assert "评价" not in first.reason
