"""The demo shop is believable: seasons, repeat purchases, a long tail, evenings, honest statuses, a little junk."""

from __future__ import annotations

import csv
import statistics
import time
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta, timezone

import pytest

from data.shop import DEMO_CUSTOMERS, KINDS_OF_TABLE, build_shop
from data.shop.catalogue import catalogue

NOW = "2026-11-25 12:00:00"
KIND_OF = {goods.product_id: goods.kind for goods in catalogue()}


def moment(text):
    return datetime.fromisoformat(text)


def test_as_many_rows_as_a_shop_of_this_size_has(shop):
    counts = shop.counts()
    assert list(counts) == list(KINDS_OF_TABLE)
    assert counts["customers"] == 3_000
    assert 54_000 <= counts["orders"] + counts["events"] <= 66_000
    assert counts["reviews"] >= 2_500 and counts["surveys"] >= 250 and counts["chats"] >= 300 and counts["faq"] >= 60


def test_the_same_seed_and_day_make_the_same_shop(shop):
    assert (
        build_shop(today=date(2026, 11, 25), customers=200).tables
        == build_shop(today=date(2026, 11, 25), customers=200).tables
    )
    assert build_shop(today=date(2026, 11, 25), customers=200, seed=2).tables["orders"] != shop.tables["orders"]


def test_it_is_made_in_seconds():
    started = time.process_time()
    build_shop(today=date(2026, 11, 25))
    assert time.process_time() - started < 15


@pytest.mark.parametrize("day", [date(2026, 1, 1), date(2026, 2, 28), date(2027, 7, 3)])
@pytest.mark.parametrize("hour", [0, 5, 23])
def test_it_can_be_made_at_any_hour_of_any_day_and_never_tells_the_future(day, hour):
    now = datetime(day.year, day.month, day.day, hour, 3, tzinfo=timezone(timedelta(hours=8)))
    made = build_shop(now=now, customers=60)
    last = now.strftime("%Y-%m-%d %H:%M:%S")
    for rows in made.tables.values():
        for row in rows:
            for name, value in row.items():
                if name.endswith("at") and name != "consent_at" and value:
                    assert value <= last, (name, row)
            assert all(step["at"] <= last for step in row.get("trace") or [])


def test_a_moment_without_a_zone_or_of_another_day_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        build_shop(now=datetime(2026, 11, 25))
    with pytest.raises(ValueError, match="not on"):
        build_shop(today=date(2026, 11, 24), now=datetime(2026, 11, 25, 12, tzinfo=timezone(timedelta(hours=8))))


# ── who, what, when ──────────────────────────────────────────────────────────


def test_rows_name_customers_and_goods_that_there_are_but_for_a_little_junk(shop):
    customers = {row["customer_id"] for row in shop.tables["customers"]}
    products = {row["product_id"] for row in shop.tables["products"]}
    assert len(customers) == 3_000 and len(products) == len(shop.tables["products"])
    for kind in ("orders", "events", "reviews"):
        rows = shop.tables[kind]
        strange = sum(row["customer_id"] not in customers or row["product_id"] not in products for row in rows)
        assert strange <= 0.003 * len(rows), kind
    assert any(row["product_id"] not in products for row in shop.tables["events"])
    events = Counter(tuple(sorted(row.items())) for row in shop.tables["events"])
    assert 20 < sum(number - 1 for number in events.values()) < 0.01 * len(shop.tables["events"])
    assert 0 < sum(row["quantity"] > 50 for row in shop.tables["orders"]) < 20


def test_an_order_belongs_to_one_customer_who_was_registered(shop):
    registered = {row["customer_id"]: row["registered_at"] for row in shop.tables["customers"]}
    owner = {}
    for row in shop.tables["orders"]:
        assert owner.setdefault(row["order_id"], row["customer_id"]) == row["customer_id"]
        assert row["ordered_at"] >= registered[row["customer_id"]]
    early = [row for row in shop.tables["events"] if row["at"] < registered.get(row["customer_id"], "")]
    assert not early


def test_popularity_has_a_long_tail(shop):
    sold = Counter(row["product_id"] for row in shop.tables["orders"])
    numbers = sorted(sold[row["product_id"]] for row in shop.tables["products"])
    total, count = sum(numbers), len(numbers)
    gini = 1 - 2 * sum(sum(numbers[: place + 1]) for place in range(count)) / (total * count) + 1 / count
    assert 0.5 < gini < 0.8
    assert sum(numbers[-count // 10 :]) > 0.35 * total


@pytest.mark.parametrize(
    ("kind", "season", "other"),
    [
        ("防晒霜", (5, 6, 7, 8), (11, 12, 1, 2)),
        ("羽绒服", (10, 11, 12, 1), (5, 6, 7, 8)),
        ("加湿器", (11, 12, 1, 2), (5, 6, 7, 8)),
        ("T恤", (5, 6, 7, 8), (11, 12, 1, 2)),
    ],
)
def test_seasons(shop, kind, season, other):
    months = Counter(
        moment(row["ordered_at"]).month
        for row in shop.tables["orders"]
        if row["product_id"] in KIND_OF and KIND_OF[row["product_id"]].name == kind
    )
    # 540 days hold some months twice: a month counts once for each time that it occurs.
    times = Counter((date(2026, 11, 25) - timedelta(days=back)).month for back in range(0, 540))
    a_day = {month: months[month] / times[month] for month in range(1, 13)}
    assert sum(a_day[month] for month in season) > 2.5 * sum(a_day[month] for month in other)


@pytest.mark.parametrize("kind", ["猫粮", "猫砂", "纸尿裤", "奶粉", "咖啡", "洗衣液"])
def test_what_is_used_up_is_bought_again_at_its_interval(shop, kind):
    days = defaultdict(set)
    for row in shop.tables["orders"]:
        if row["product_id"] in KIND_OF and KIND_OF[row["product_id"]].name == kind:
            days[row["customer_id"]].add(moment(row["ordered_at"]).date())
            expected = KIND_OF[row["product_id"]].rebuy
    gaps = [
        (later - earlier).days
        for each in days.values()
        for earlier, later in zip(sorted(each), sorted(each)[1:], strict=False)
    ]
    assert sum(len(each) > 1 for each in days.values()) > 0.35 * len(days)
    assert 0.6 * expected < statistics.median(gaps) < 1.5 * expected


def test_mostly_the_same_thing_is_bought_again(shop):
    last, same, all_of = {}, 0, 0
    for row in shop.tables["orders"]:
        kind = KIND_OF.get(row["product_id"])
        if kind is not None and kind.name in ("猫粮", "狗粮", "奶粉"):
            earlier = last.get((row["customer_id"], kind.name))
            same, all_of = same + (earlier == row["product_id"]), all_of + (earlier is not None)
            last[row["customer_id"], kind.name] = row["product_id"]
    assert same / all_of > 0.6


@pytest.mark.parametrize(
    ("one", "other"), [("猫粮", "猫砂"), ("纸尿裤", "奶粉"), ("面霜", "精华液"), ("手机", "手机壳")]
)
def test_some_kinds_go_together(shop, one, other):
    """Buyers of one kind buy the other far oftener than the rest of the customers do."""
    buyers = defaultdict(set)
    for row in shop.tables["orders"]:
        if row["product_id"] in KIND_OF:
            buyers[KIND_OF[row["product_id"]].name].add(row["customer_id"])
    everyone = set.union(*buyers.values())
    lift = len(buyers[one] & buyers[other]) * len(everyone) / (len(buyers[one]) * len(buyers[other]))
    assert lift > 2


def test_people_buy_in_the_evening_and_at_noon_and_on_sale_days(shop):
    orders = {row["order_id"]: moment(row["ordered_at"]) for row in shop.tables["orders"]}
    hours = Counter(at.hour for at in orders.values())
    assert hours[21] > hours[12] > hours[15] > hours[4]
    days = Counter(at.date() for at in orders.values())
    assert days[date(2026, 11, 11)] > 2.5 * statistics.median(days[date(2026, 10, day)] for day in range(1, 32))
    weekday, weekend = (
        statistics.mean(number for day, number in days.items() if (day.weekday() >= 5) is wanted)
        for wanted in (False, True)
    )
    assert weekend > 1.05 * weekday


# ── statuses and times ───────────────────────────────────────────────────────


def test_statuses_agree_with_times(shop):
    for row in shop.tables["orders"]:
        times = [row[name] for name in ("ordered_at", "paid_at", "shipped_at", "received_at", "refunded_at")]
        known = [at for at in times if at]
        assert known == sorted(known) and known[-1] <= NOW, row
        status = row["status"]
        has = {name: bool(row[f"{name}_at"]) for name in ("paid", "shipped", "received", "refunded")}
        assert has["paid"] or status in ("待付款", "已取消"), row
        assert has["shipped"] == (status not in ("待付款", "已付款", "待发货", "已取消")), row
        assert has["received"] == (status in ("已签收", "已完成", "退款中", "已退款", "换货中")), row
        assert has["refunded"] == (status == "已退款"), row
        assert bool(row["tracking_no"]) == bool(row["carrier"]) == has["shipped"], row
        if status == "已签收":
            assert moment(NOW) - moment(row["received_at"]) <= timedelta(days=10)


def test_every_status_occurs_and_most_orders_ended_well(shop):
    statuses = Counter(row["status"] for row in shop.tables["orders"])
    assert set(statuses) == {
        "待付款",
        "已付款",
        "待发货",
        "已发货",
        "运输中",
        "派送中",
        "已签收",
        "已完成",
        "已取消",
        "退款中",
        "已退款",
        "换货中",
    }
    assert statuses["已完成"] > 0.7 * sum(statuses.values())


def test_a_parcel_goes_from_the_warehouse_to_the_customers_city(shop):
    traced = [row for row in shop.tables["orders"] if row["trace"]]
    city = {row["customer_id"]: row["city"] for row in shop.tables["customers"]}
    assert len(traced) > 300
    for row in traced:
        at = [step["at"] for step in row["trace"]]
        assert at == sorted(at) and at[0] >= row["shipped_at"], row
        assert "已揽收" in row["trace"][0]["text"]
        if row["received_at"]:
            assert at[-1] <= row["received_at"] and row["trace"][-1]["place"] == city[row["customer_id"]]


# ── what people say ──────────────────────────────────────────────────────────


def test_reviews_are_as_good_as_the_goods(shop):
    quality = {goods.product_id: goods.quality for goods in catalogue()}
    stars = defaultdict(list)
    for row in shop.tables["reviews"]:
        good = quality[row["product_id"]]
        stars["high" if good >= 0.9 else "low" if good <= 0.7 else "middle"].append(row["rating"])
    assert statistics.mean(stars["high"]) > statistics.mean(stars["middle"]) > statistics.mean(stars["low"]) + 0.3
    assert all("{" not in row["text"] for row in shop.tables["reviews"])


def test_reviews_speak_of_what_matters_with_the_kind(shop):
    texts = [row["text"] for row in shop.tables["reviews"] if KIND_OF[row["product_id"]].name == "蓝牙耳机"]
    spoken = sum(
        any(word in text for word in ("续航", "充", "电", "音", "戴", "降噪", "断", "连", "耳朵")) for text in texts
    )
    assert spoken > 0.7 * len(texts)


def test_chats_are_filled_in(shop):
    assert all("{" not in row["text"] and row["speaker"] in ("客户", "客服") for row in shop.tables["chats"])


def test_the_faq_answers_in_all_its_categories_without_asking_the_same_twice(shop):
    rows = shop.tables["faq"]
    assert {row["category"] for row in rows} == {
        "配送",
        "支付",
        "发票",
        "售后",
        "价格",
        "活动",
        "会员",
        "账号",
        "商品",
        "隐私",
    }
    questions = [text for row in rows for text in (row["question"], *row["similar_questions"].split(";"))]
    assert len(questions) == len(set(questions)) and len(questions) > 300
    assert all(8 <= len(row["answer"]) <= 110 and not row["answer"].startswith("亲") for row in rows)


def test_the_faq_is_in_our_own_words(shop, shared):
    with (shared / "eval" / "faq.csv").open(encoding="utf-8", newline="") as file:
        theirs = list(csv.DictReader(file))
    said = {row["answer"] for row in theirs} | {row["question"] for row in theirs}
    assert not said & {text for row in shop.tables["faq"] for text in (row["answer"], row["question"])}


# ── the named customers ──────────────────────────────────────────────────────


def orders_of(shop, customer_id):
    return [row for row in shop.tables["orders"] if row["customer_id"] == customer_id]


def test_a_dozen_named_customers_are_in_the_shop(shop):
    rows = {row["customer_id"]: row for row in shop.tables["customers"]}
    assert len(DEMO_CUSTOMERS) >= 12 and len({who.situation for who in DEMO_CUSTOMERS}) == len(DEMO_CUSTOMERS)
    for who in DEMO_CUSTOMERS:
        assert rows[who.customer_id]["name"] == who.name
        assert 6 <= len(who.situation) <= 30


@pytest.mark.parametrize(
    ("customer_id", "statuses"),
    [
        ("C0001", {"运输中"}),
        ("C0002", {"待发货"}),
        ("C0003", {"退款中"}),
        ("C0004", {"已退款"}),
        ("C0005", {"已签收"}),
        ("C0006", set()),
        ("C0007", {"待付款"}),
        ("C0008", {"待发货", "运输中", "派送中"}),
        ("C0009", {"已签收"}),
        ("C0010", set()),
        ("C0011", set()),
        ("C0014", {"已签收"}),
        ("C0016", {"换货中"}),
        ("C0017", {"派送中"}),
        ("C0018", {"已付款"}),
    ],
)
def test_their_open_business_is_what_their_line_says(shop, customer_id, statuses):
    assert {row["status"] for row in orders_of(shop, customer_id)} - {"已完成"} == statuses


def test_situations_hold_in_their_details(shop):
    customers = {row["customer_id"]: row for row in shop.tables["customers"]}
    price = {row["product_id"]: float(row["price"]) for row in shop.tables["products"]}
    late = next(row for row in orders_of(shop, "C0002") if row["status"] == "待发货")
    assert moment(NOW) - moment(late["paid_at"]) > timedelta(days=5)
    forty = max(row["received_at"] for row in orders_of(shop, "C0006"))
    assert timedelta(days=39) < moment(NOW) - moment(forty) < timedelta(days=42)
    dropped = next(row for row in orders_of(shop, "C0009") if row["status"] == "已签收")
    assert float(dropped["price"]) > price[dropped["product_id"]] + 100
    assert not orders_of(shop, "C0010") and not [row for row in shop.tables["events"] if row["customer_id"] == "C0010"]
    assert customers["C0011"]["consent_personalisation"] == "否" and len(orders_of(shop, "C0011")) >= 4
    assert customers["C0012"]["level"] == "钻石" and len({row["order_id"] for row in orders_of(shop, "C0012")}) >= 10
    food = sorted(
        moment(row["ordered_at"]) for row in orders_of(shop, "C0013") if KIND_OF[row["product_id"]].name == "猫粮"
    )
    assert len(food) == 4 and moment(NOW) - food[-1] > timedelta(days=35)
