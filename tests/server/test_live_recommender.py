"""What everybody does changes the neighbours of goods without a restart, and nothing damaged is ever taken over."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.runtime.live_recommender import FEWEST_NEW, LiveRecommender
from bot.runtime.models import current
from bot.settings import Settings, load
from store import Store
from tests.homes import clean_environment, copy_home, zhike


@pytest.fixture
def settings(trained_home: Path, tmp_path: Path) -> Settings:
    return load(clean_environment(ZHIKE_HOME=str(copy_home(trained_home, tmp_path / "home"))))


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    with Store.open(settings.url) as opened:
        yield opened


def retrain(settings: Settings) -> None:
    done = zhike("train", "--goods-only", home=settings.home)
    assert done.returncode == 0, done.stderr


def test_goods_that_many_start_to_buy_together_become_neighbours(settings: Settings, store: Store):
    live = LiveRecommender(settings, store)
    before, version = live(), current(settings.models).version
    first = next(iter(store.catalogue.snapshot().products))
    near = [product_id for product_id, _ in before.similar(first, 20)]
    other = [p.product_id for p in store.catalogue.snapshot().products.values() if p.available][-1]
    assert other not in near
    for customer in [one.customer_id for one in store.customers.all()][:400]:
        store.behaviour.add(customer, first, "purchase", value=1)
        store.behaviour.add(customer, other, "purchase", value=1)
    assert live.relearn()
    assert other in [product_id for product_id, _ in live().similar(first, 20)]
    assert current(settings.models).version != version


def test_little_news_is_not_worth_a_training(settings: Settings, store: Store):
    live = LiveRecommender(settings, store)
    customer = next(iter(store.customers.all())).customer_id
    for product_id in list(store.catalogue.snapshot().products)[: FEWEST_NEW // 2]:
        store.behaviour.add(customer, product_id, "view")
    before = live()
    assert not live.relearn() and live() is before


def test_what_somebody_else_trained_is_taken_over(settings: Settings, store: Store):
    live = LiveRecommender(settings, store)
    before = live()
    assert not live.take_newest()
    retrain(settings)
    assert live.take_newest() and live() is not before


def test_a_damaged_newest_version_leaves_the_one_in_use(settings: Settings, store: Store):
    live = LiveRecommender(settings, store)
    before = live()
    retrain(settings)
    file = current(settings.models).recommender / "arrays.npz"
    file.write_bytes(file.read_bytes()[:-100])
    assert not live.take_newest() and live() is before
    started_now = LiveRecommender(settings, store)
    assert started_now() is not None and started_now().trained_until == before.trained_until, "the last good one"
    retrain(settings)
    assert live.take_newest() and live() is not before


def test_the_language_model_stays_as_it_was(settings: Settings):
    before = current(settings.models)
    retrain(settings)
    after = current(settings.models)
    assert after.version != before.version and after.manifest["language"] == before.manifest["language"]
