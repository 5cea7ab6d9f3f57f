"""`zhike demo` fills an empty store once, never mixes with a merchant's data, and takes up what was broken off."""

from __future__ import annotations

import functools
import json

import pytest

from bot.cli import demo
from bot.errors import Problem
from data.shop import DEMO_CUSTOMERS, build_shop
from store import Store
from store.importing import import_rows


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("ZHIKE_HOME", str(tmp_path))
    monkeypatch.delenv("ZHIKE_DATABASE_URL", raising=False)
    monkeypatch.setattr(demo, "build_shop", functools.partial(build_shop, customers=80))
    return tmp_path


def opened(home):
    return Store.open(f"sqlite:///{home / 'zhike.db'}")


def test_an_empty_store_is_filled_and_the_people_to_play_are_noted(home, capsys):
    demo.run()
    said = capsys.readouterr().out
    assert "演示店铺装好了" in said and "顾客 80" in said and "沈一诺" in said
    marker = json.loads((home / "demo.json").read_text(encoding="utf-8"))
    assert marker["complete"] and len(marker["customers"]) == len(DEMO_CUSTOMERS)
    assert set(marker["customers"][0]) == {"customer_id", "name", "about"}
    with opened(home) as store:
        assert len(store.catalogue.snapshot().products) > 700
        assert store.faq.snapshot()[1]
        order = store.orders.of_customer("C0001")[0]
        assert order.status == "in_transit" and any("转运中心" in event.text for event in order.events)
        assert order.recipient and order.phone and order.address


def test_a_store_with_data_is_refused_with_a_clear_sentence(home):
    with opened(home) as store:
        import_rows(store, "products", [{"product_id": "A1", "title": "一双鞋", "price": "99"}])
    with pytest.raises(Problem, match="不能和真的数据混在一起") as error:
        demo.run()
    assert error.value.code == 2
    assert not (home / "demo.json").exists()


def test_if_empty_leaves_a_filled_store_alone(home, capsys):
    demo.run(as_json=True)
    assert json.loads(capsys.readouterr().out)["rows"]["customers"] == 80
    demo.run(if_empty=True, as_json=True)
    assert json.loads(capsys.readouterr().out) == {"filled": False}


def test_what_was_broken_off_is_finished_with_the_same_shop(home, monkeypatch, capsys):
    def breaks_at_events(store, kind, rows):
        if kind == "events":
            raise KeyboardInterrupt
        return import_rows(store, kind, rows)

    with monkeypatch.context() as patch:
        patch.setattr(demo, "import_rows", breaks_at_events)
        with pytest.raises(KeyboardInterrupt):
            demo.run(seed=5)
    with opened(home) as store:
        earlier = [order.order_id for order in store.orders.of_customer("C0012")]
    demo.run(if_empty=True)
    capsys.readouterr()
    assert json.loads((home / "demo.json").read_text(encoding="utf-8"))["complete"]
    with opened(home) as store:
        assert [order.order_id for order in store.orders.of_customer("C0012")] == earlier
        assert store.behaviour.of_customer("C0012")
