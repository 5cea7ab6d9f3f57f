"""From reviews and rejections to counts: copies once, stars, service left out, each objector once."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from functools import partial

from bot.reviews.counting import counted, distinct, objections
from bot.reviews.reading import read
from recommender import WHOLE, OpinionCount
from store.models import Feedback, Impression, Review

AT = datetime(2026, 11, 1, 12, tzinfo=timezone.utc)
BY_WORDS = partial(read, score=None)


def review(text: str, customer: str | None = None, rating: float | None = None, product: str = "P1") -> Review:
    return Review(product, text, AT, customer, rating)


def count_of(reviews: list[Review], aspect: str = "续航", rejected: dict | None = None) -> OpinionCount:
    return next(one for one in counted(reviews, BY_WORDS, rejected or {}) if one.aspect == aspect)


def test_each_review_counts_on_its_side_and_undecided_ones_only_as_said():
    said = count_of([review("续航很持久"), review("续航超级久啊"), review("续航太短"), review("续航这块我没测")])
    assert (said.good, said.bad, said.said) == (2, 1, 4)


def test_a_text_copied_many_times_counts_once_whoever_posts_it():
    copies = [review(f"续航特别持久，出门一整天都够用{'！' * n}", f"C{n}") for n in range(40)]
    assert count_of(copies).good == 1


def test_the_same_short_words_of_several_customers_are_no_copy_but_of_one_they_are():
    assert len(distinct([review("续航好", "A"), review("续航好", "B"), review("续航好!", "A")])) == 2
    assert len(distinct([review("续航好"), review("续航好")])) == 1


def test_the_same_text_under_two_products_counts_for_both():
    same = "续航特别持久，出门一整天都够用"
    assert len(distinct([review(same), review(same, product="P2")])) == 2


def test_stars_judge_the_whole_unless_the_text_is_about_service():
    whole = count_of([review("就那样吧", rating=5), review("等了十天才到，杯子很好看", rating=1)], WHOLE)
    assert (whole.good, whole.bad) == (2, 0)


def test_service_is_never_counted_for_a_product():
    found = counted([review("物流飞快，客服很耐心", rating=5), review("快递太慢", rating=1)], BY_WORDS, {})
    assert found == []


def test_reviews_imported_later_lower_what_was_good():
    before = [review(f"续航很持久，第{n}天还有电") for n in range(10)]
    after = [*before, *(review(f"续航太短，第{n}次没电") for n in range(10))]
    assert count_of(after).assured < count_of(before).assured


def shown(impression: str, customer: str | None, aspect: str | None = "续航", at: datetime = AT) -> Impression:
    items = [{"product_id": "P1", "aspect": aspect}, {"product_id": "P2"}]
    return Impression(impression, f"s-{customer}", customer, at, "popular", False, items)


def down(impression: str, customer: str | None, product: str | None = None, rating: str = "down") -> Feedback:
    return Feedback(1, f"s-{customer}", customer, AT, rating, None, impression, product)


def test_a_thumb_down_counts_against_the_aspect_that_was_the_reason():
    impressions = [shown("i1", "A"), shown("i2", "B"), shown("i3", "D", aspect=None), shown("i4", None)]
    feedback = [
        down("i1", "A"),
        down("i1", "A", "P1"),
        down("i2", "B", "P2"),
        down("i3", "D"),
        down("i4", None, "P1"),
        down("i2", "B", rating="up"),
        down("gone", "E"),
        down(None, "F"),
    ]
    assert objections(impressions, feedback, []) == {("P1", "续航"): 2}


def test_a_dislike_within_a_day_of_the_suggestion_is_one_too_and_the_same_person_counts_once():
    impressions = [shown("i1", "A"), shown("i2", "B"), shown("i3", "D"), shown("i4", "D", at=AT + timedelta(days=40))]
    dislikes = [
        ("A", "P1", AT + timedelta(minutes=2)),
        ("B", "P1", AT + timedelta(days=3)),
        ("B", "P2", AT + timedelta(minutes=2)),
        ("D", "P1", AT - timedelta(minutes=2)),
        ("D", "P1", AT + timedelta(hours=2)),
    ]
    assert objections(impressions, [down("i1", "A")], dislikes) == {("P1", "续航"): 2}


def test_objections_come_with_the_count():
    assert count_of([review("续航很持久")], rejected={("P1", "续航"): 3}).objections == 3
