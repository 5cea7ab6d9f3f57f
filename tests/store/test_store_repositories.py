"""What the repositories promise, on SQLite and on PostgreSQL."""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from typing import Any

import pytest

from store import DeadlinePassed, NotFound, OrderNotCancellable, OrderNotChangeable, Store
from store.importing import import_rows
from store.models import STATUS_ZH, Impression, Product, Turn


def goods(product_id: str = "P1", **facts: Any) -> dict[str, Any]:
    return {
        "product_id": product_id,
        "title": "小米 降噪耳机 头戴式 长续航",
        "price": "299",
        "category": "耳机/头戴式耳机",
        "brand": "小米",
        "stock": 5,
        "attributes": "颜色:黑色/白色;尺码:M/L",
        **facts,
    }


def order(order_id: str = "O1", customer_id: str = "C1", **facts: Any) -> dict[str, Any]:
    return {
        "order_id": order_id,
        "customer_id": customer_id,
        "product_id": "P1",
        "quantity": 1,
        "price": 299,
        "ordered_at": "2026-11-20 10:00:00",
        "status": "待发货",
        **facts,
    }


def bring(store: Store, kind: str, *rows: dict[str, Any]) -> None:
    report = import_rows(store, kind, rows)
    assert report.ok, report.problems


def turn(turn_id: str, sender_id: str, at: Any, **facts: Any) -> Turn:
    return Turn(turn_id, sender_id, facts.pop("customer_id", "C1"), at, facts.pop("text", "你好"), **facts)


class TestCatalogue:
    def test_kinds_go_from_broad_to_narrow(self, store):
        bring(
            store,
            "products",
            goods("P1"),
            goods("P2", category="耳机", attributes="类型:蓝牙耳机"),
            goods("P3", category="耳机"),
        )
        found = store.catalogue.snapshot()
        assert found.products["P1"].kinds == ("耳机", "头戴式耳机")
        assert found.products["P2"].kinds == ("耳机", "蓝牙耳机")
        assert found.kinds[0] == "耳机" and set(found.kinds) == {"耳机", "头戴式耳机", "蓝牙耳机"}

    def test_a_change_raises_the_version_and_is_seen_at_once(self, store):
        bring(store, "products", goods())
        before = store.catalogue.snapshot()
        assert store.catalogue.set_stock("P1", 0)
        after = store.catalogue.snapshot()
        assert after.version > before.version and not after.products["P1"].available

    def test_a_change_by_another_program_is_seen_within_a_second(self, store, url):
        bring(store, "products", goods())
        store.catalogue.snapshot()
        with Store.open(url) as other:
            other.catalogue.set_stock("P1", 77)
        time.sleep(1.05)
        assert store.catalogue.get("P1").stock == 77

    def test_nothing_changed_gives_the_very_same_snapshot(self, store):
        bring(store, "products", goods())
        first = store.catalogue.snapshot()
        store.catalogue.forget()
        assert store.catalogue.snapshot() is first

    def test_what_is_uncounted_or_in_stock_is_available_and_what_is_off_the_shelf_is_not(self):
        assert Product("P", "t", 1.0).available
        assert not Product("P", "t", 1.0, stock=0).available
        assert not Product("P", "t", 1.0, stock=3, status="off_shelf").available

    def test_upsert_writes_known_and_new_goods(self, store):
        bring(store, "products", goods("P1"))
        assert store.catalogue.upsert([Product("P1", "新名字", 9.5), Product("P2", "另一个", 3.0)]) == 2
        assert store.catalogue.get("P1").title == "新名字" and store.catalogue.get("P2").price == 3.0


class TestCustomers:
    def test_consent_is_kept_against_later_imports(self, store):
        bring(
            store,
            "customers",
            {"customer_id": "C1", "city": "杭州", "consent_personalisation": "是", "consent_marketing": "是"},
        )
        assert store.customers.set_consent("C1", personalisation=False).consent_personalisation is False
        bring(
            store,
            "customers",
            {"customer_id": "C1", "city": "上海", "consent_personalisation": "是", "consent_marketing": "是"},
        )
        found = store.customers.get("C1")
        assert (found.city, found.consent_personalisation, found.consent_marketing) == ("上海", False, True)

    def test_a_customer_whom_no_file_named_yet_can_say_no_and_is_kept_to_it(self, store):
        assert store.customers.get("C9") is None and store.customers.get(None) is None
        assert store.customers.set_consent("C9", personalisation=False).consent_personalisation is False
        bring(store, "customers", {"customer_id": "C9", "name": "小林", "consent_personalisation": "是"})
        found = store.customers.get("C9")
        assert (found.name, found.consent_personalisation) == ("小林", False)


class TestOrders:
    def test_newest_first_with_lines_titles_and_events(self, store):
        bring(store, "products", goods())
        bring(
            store,
            "orders",
            order("O1"),
            order("O1", product_id="P9", quantity=2, price=10),
            order("O2", ordered_at="2026-11-22 10:00:00", paid_at="2026-11-22 10:01:00"),
        )
        newest, older = store.orders.of_customer("C1")
        assert newest.order_id == "O2" and [event.kind for event in newest.events] == ["ordered", "paid"]
        assert older.total == 319.0 and older.title == "小米 降噪耳机 头戴式 长续航 等 3 件"
        assert [line.title for line in older.lines] == ["小米 降噪耳机 头戴式 长续航", "商品 P9"]

    def test_a_parcel_is_found_by_its_number_and_only_by_its_owner(self, store):
        bring(store, "orders", order(status="已发货", carrier="圆通", tracking_no="YT123"))
        assert store.orders.by_tracking("yt123").order_id == "O1"
        assert store.orders.by_tracking("YT123", "C2") is None and store.orders.get("O1", "C2") is None

    def test_bought_leaves_out_what_was_cancelled(self, store):
        bring(
            store,
            "orders",
            order("O1"),
            order("O2", product_id="P2", status="已取消"),
            order("O3", ordered_at="2026-11-24 08:00:00"),
        )
        assert {name: at.day for name, at in store.orders.bought("C1").items()} == {"P1": 24}

    @pytest.mark.parametrize("status", ["待付款", "已付款", "待发货"])
    def test_before_shipping_cancelling_is_noted_with_its_reason(self, store, status):
        bring(store, "orders", order(status=status))
        cancelled = store.orders.cancel("O1", "C1", "不想要了")
        assert cancelled.status == "cancelled" and cancelled.events[-1].text == "已取消（不想要了）"

    @pytest.mark.parametrize("status", [zh for zh in STATUS_ZH.values() if zh not in ("待付款", "已付款", "待发货")])
    def test_later_it_is_refused_with_a_reason_and_nothing_changes(self, store, status):
        bring(store, "orders", order(status=status, carrier="中通", tracking_no="78"))
        before = store.orders.get("O1")
        with pytest.raises(OrderNotCancellable) as refused:
            store.orders.cancel("O1", "C1", "不想要了")
        with pytest.raises(OrderNotChangeable):
            store.orders.change("O1", "C1", {"address": "别处"})
        assert refused.value.reason_zh.endswith("。") and store.orders.get("O1") == before

    def test_shipped_says_that_it_is_shipped(self, store):
        bring(store, "orders", order(status="已发货", carrier="中通", tracking_no="78"))
        with pytest.raises(OrderNotCancellable, match="已发货（中通 78）"):
            store.orders.cancel("O1", "C1", "")

    def test_somebody_elses_order_is_as_good_as_none(self, store):
        bring(store, "orders", order())
        for order_id, customer_id in (("O1", "C2"), ("O9", "C1")):
            with pytest.raises(NotFound, match="您的订单里没有这一笔"):
                store.orders.cancel(order_id, customer_id, "")
        assert store.orders.get("O1").status == "to_ship"

    def test_a_change_is_written_and_noted_without_personal_data(self, store):
        bring(store, "products", goods())
        bring(store, "orders", order())
        changed = store.orders.change(
            "O1", "C1", {"address": "西湖区 1 号", "phone": "13800000000", "colour": "白色", "quantity": 2}
        )
        assert (changed.address, changed.phone, changed.lines[0].quantity) == ("西湖区 1 号", "13800000000", 2)
        assert changed.lines[0].attributes["颜色"] == ("白色",)
        assert changed.events[-1].text == "已修改收货地址、联系电话、颜色、数量"

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"colour": "绿色"}, "黑色、白色"),
            ({"quantity": 6}, "只剩 5 件"),
            ({"quantity": 0}, "至少是 1"),
            ({"quantity": "很多"}, "整数"),
            ({"address": " "}, "不能为空"),
            ({"product_id": "P7", "size": "L"}, "没有这件商品"),
        ],
    )
    def test_what_the_goods_do_not_allow_changes_nothing(self, store, changes, said):
        bring(store, "products", goods())
        bring(store, "orders", order())
        with pytest.raises(OrderNotChangeable, match=said):
            store.orders.change("O1", "C1", {"note": "放门口", **changes})
        assert store.orders.get("O1").note == ""

    def test_of_several_goods_the_one_meant_must_be_named(self, store):
        bring(store, "orders", order(), order(product_id="P2"))
        with pytest.raises(OrderNotChangeable, match="2 种商品"):
            store.orders.change("O1", "C1", {"size": "L"})
        assert store.orders.change("O1", "C1", {"size": "L", "product_id": "P2"}).lines[1].attributes == {
            "尺码": ("L",)
        }

    def test_an_unknown_key_is_a_mistake_of_the_caller(self, store):
        bring(store, "orders", order())
        with pytest.raises(ValueError, match="customer_id"):
            store.orders.change("O1", "C1", {"customer_id": "C2"})


class TestDeadlines:
    def test_a_write_that_would_come_too_late_is_not_done(self, store):
        bring(store, "orders", order())
        past = time.monotonic() - 0.01
        for late in (
            lambda: store.orders.cancel("O1", "C1", "", deadline=past),
            lambda: store.orders.change("O1", "C1", {"note": "x"}, deadline=past),
            lambda: store.cases.open("return", "C1", "O1", deadline=past),
        ):
            with pytest.raises(DeadlinePassed):
                late()
        assert store.orders.get("O1").status == "to_ship" and store.cases.of_customer("C1") == []

    def test_a_deadline_that_passes_during_the_work_rolls_it_back(self, store):
        bring(store, "products", goods())
        from store.tables import products

        with pytest.raises(DeadlinePassed), store.database.write(time.monotonic() + 0.05) as connection:
            connection.execute(products.update().values(stock=0))
            time.sleep(0.1)
        store.catalogue.forget()
        assert store.catalogue.get("P1").stock == 5


class TestCases:
    def test_numbers_can_be_read_out_and_run_by_kind_and_day(self, store, clock):
        first = store.cases.open("return", "C1", "O1", details={"reason": "尺码"})
        second = store.cases.open("return", "C2", "O2")
        assert (first.case_id, second.case_id) == ("TH20261125-0001", "TH20261125-0002")
        clock.move(days=1)
        assert store.cases.open("invoice", "C1").case_id == "FP20261126-0001"
        assert store.cases.get("th20261125-0001", "C1").details == {"reason": "尺码"}

    def test_the_same_open_matter_is_not_opened_twice(self, store):
        first = store.cases.open("return", "C1", "O1", "P1")
        again = store.cases.open("return", "C1", "O1", "P1")
        assert again.case_id == first.case_id and again.existing and not first.existing
        assert not store.cases.open("return", "C1", "O1", "P2").existing
        assert not store.cases.open("return", "C2", "O1", "P1").existing

    def test_not_even_by_many_at_once(self, store):
        opened = []
        threads = [
            threading.Thread(target=lambda: opened.append(store.cases.open("refund", "C1", "O1"))) for _ in range(6)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(opened) == 6 and len({case.case_id for case in opened}) == 1

    def test_withdrawn_it_is_closed_and_may_be_opened_anew(self, store):
        first = store.cases.open("return", "C1", "O1")
        with pytest.raises(NotFound):
            store.cases.withdraw(first.case_id, "C2")
        assert store.cases.withdraw(first.case_id, "C1").status == "withdrawn"
        with pytest.raises(NotFound):
            store.cases.withdraw(first.case_id, "C1")
        assert store.cases.open("return", "C1", "O1").case_id != first.case_id
        assert (
            len(store.cases.of_customer("C1")) == 2
            and len(store.cases.of_customer("C1", ["return"], open_only=True)) == 1
        )


class TestBehaviour:
    def test_the_cart_holds_what_was_put_in_and_not_ordered_since(self, store, clock):
        bring(store, "orders", order(product_id="P1", ordered_at="2026-11-20 10:00:00"), order("O2", product_id="P2"))
        store.behaviour.add("C1", "P1", "cart")
        store.behaviour.add("C1", "P2", "cart", at=clock.now() - timedelta(days=30))
        store.behaviour.add("C1", "P3", "cart", at=clock.now() - timedelta(days=200))
        store.behaviour.add("C2", "P4", "cart")
        assert store.behaviour.cart("C1") == {"P1"}

    def test_interactions_hold_each_purchase_once(self, store):
        bring(store, "orders", order(quantity=2), order("O2", product_id="P2", status="已取消"))
        bring(
            store,
            "events",
            *(
                {"customer_id": "C1", "product_id": product, "type": kind, "at": "2026-11-19 10:00"}
                for product, kind in (("P1", "购买"), ("P1", "浏览"), ("P3", "购买"))
            ),
        )
        found = [
            (customer, product, kind, value) for customer, product, kind, value, _ in store.behaviour.interactions()
        ]
        assert sorted(found, key=str) == [
            ("C1", "P1", "purchase", 2.0),
            ("C1", "P1", "view", None),
            ("C1", "P3", "purchase", None),
        ]

    def test_an_empty_shop_has_no_interactions(self, store):
        assert len(store.behaviour.interactions()) == 0 and list(store.behaviour.interactions()) == []

    def test_since(self, store, clock):
        store.behaviour.add("C1", "P1", "view", at=clock.now() - timedelta(days=2))
        store.behaviour.add("C1", "P2", "view")
        assert [
            event.product_id for event in store.behaviour.of_customer("C1", since=clock.now() - timedelta(days=1))
        ] == ["P2"]


class TestConversations:
    def test_whose_a_conversation_is_never_changes(self, store):
        first = store.conversations.open("S1", "C1", False, "web")
        assert store.conversations.open("S1", "C2", True, "web") == first == store.conversations.get("S1")

    def test_history_is_oldest_first_and_goes_back_in_steps(self, store, clock):
        for number in range(5):
            store.log_turn(
                turn(f"T{number}", "S1", clock.now() + timedelta(minutes=number), replies=[{"text": f"好{number}"}])
            )
        last = store.conversations.history("S1", limit=2)
        assert [found.turn_id for found in last] == ["T3", "T4"] and last[1].replies == [{"text": "好4"}]
        assert [
            found.turn_id for found in store.conversations.history(customer_id="C1", before=last[0].at, limit=2)
        ] == ["T1", "T2"]
        assert [found.turn_id for found in store.conversations.turns()] == [f"T{number}" for number in range(5)]
        with pytest.raises(ValueError):
            store.conversations.history()

    def test_a_turn_is_logged_whole_or_not_at_all(self, store, clock):
        seen = Impression(
            "I1", "S1", "C1", clock.now(), "popular", False, [{"product_id": "P1", "position": 1, "propensity": 0.5}]
        )
        store.log_turn(turn("T1", "S1", clock.now()), [seen], ['{"event":"user"}']).result()
        assert store.impressions.get("I1") == seen and store.tracker_events.load("S1") == ['{"event":"user"}']
        failed = store.log_turn(turn("T2", "S1", clock.now()), [seen], ['{"event":"bot"}'])
        assert failed.exception() is not None
        assert len(store.conversations.history("S1")) == 1 and len(store.tracker_events.load("S1")) == 1

    def test_tracker_events_come_back_in_order(self, store):
        for number in range(20):
            store.tracker_events.append("S1", [f'{{"n":{number}}}', "{}"])
        store.tracker_events.append("S2", ["{}"])
        assert store.tracker_events.load("S1")[::2] == [f'{{"n":{number}}}' for number in range(20)]
        store.tracker_events.clear("S1")
        assert store.tracker_events.load("S1") == [] and store.tracker_events.senders() == ["S2"]


class TestFeedback:
    def test_it_is_committed_when_it_is_acknowledged(self, store, url):
        store.feedback.add("S1", "C1", "down", impression_id="I1", reason="样式", product_id="P1")
        store.feedback.add("S1", None, "up", message_id="M1")
        with Store.open(url) as other:
            down, up = other.feedback.export()
        assert (down.rating, down.reason, down.product_id, up.message_id) == ("down", "样式", "P1", "M1")
        stats = store.feedback.stats()
        assert (stats.up, stats.down, stats.total, stats.reasons) == (1, 1, 2, (("样式", 1),))
        with pytest.raises(ValueError):
            store.feedback.add("S1", "C1", "meh")


class TestHandovers:
    def test_places_in_the_queue_move_up(self, store, clock):
        for number in (1, 2, 3):
            assert store.handovers.request(f"S{number}", None, "生气", "…").position == number
            clock.move(seconds=5)
        assert store.handovers.request("S2", None, "again", "").position == 2
        assert store.handovers.end("S1", "customer") and not store.handovers.end("S1", "customer")
        assert [waiting.position for waiting in store.handovers.queue()] == [1, 2]
        assert store.handovers.active("S3").position == 2 and store.handovers.active("S1") is None

    def test_after_half_an_hour_the_bot_comes_back_by_itself(self, store, clock):
        waiting = store.handovers.request("S1", "C1", "", "")
        clock.move(minutes=29)
        assert store.handovers.active("S1").state == "queued"
        clock.move(minutes=2)
        assert store.handovers.active("S1") is None and store.handovers.position(waiting.handover_id) == 0
        assert not store.handovers.queue()

    def test_a_person_who_took_over_stays(self, store, clock):
        waiting = store.handovers.request("S1", "C1", "", "")
        assert store.handovers.connect(waiting.handover_id) and not store.handovers.connect(waiting.handover_id)
        clock.move(hours=3)
        assert store.handovers.active("S1").state == "connected"


class TestFaqAndReviews:
    def test_only_what_holds_today_is_answered(self, store, clock):
        bring(
            store,
            "faq",
            {"question": "包邮吗", "answer": "满 99 包邮", "similar_questions": "运费多少;邮费"},
            {"question": "双十二有活动吗", "answer": "有", "valid_from": "2026-12-10", "valid_to": "2026-12-12"},
        )
        version, entries = store.faq.snapshot()
        assert [entry.question for entry in entries] == ["包邮吗"] and entries[0].similar == ("运费多少", "邮费")
        clock.move(days=17)
        later, entries = store.faq.snapshot()
        assert len(entries) == 2 and later != version

    def test_reviews_are_counted_and_the_newest_come_first(self, store):
        bring(
            store,
            "reviews",
            *(
                {"product_id": "P1", "text": f"第{n}条", "at": f"2026-11-0{n} 10:00", "rating": rating}
                for n, rating in ((1, 5), (2, 1), (3, None))
            ),
        )
        found = store.reviews.of_product("P1", limit=2)
        assert (found.count, found.good, found.bad, found.average) == (3, 1, 1, 3.0)
        assert [review.text for review in found.reviews] == ["第3条", "第2条"]
