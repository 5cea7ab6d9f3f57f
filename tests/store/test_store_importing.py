"""Importers: everything or nothing, the same again changes nothing, and the counts add up."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from store.clock import SHANGHAI
from store.importing import KINDS, import_file, import_rows, values
from store.importing.report import Report

PRODUCTS = "product_id,title,price,stock\nP1,保温杯,59,3\nP2,台灯,129,\n"


def _counts(report: Report) -> tuple[int, int, int, int, int]:
    assert report.read == report.stored + report.updated + report.unchanged + report.rejected
    return report.read, report.stored, report.updated, report.unchanged, report.rejected


@pytest.fixture
def file(tmp_path):
    def write(content: str | bytes, name: str = "products.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


class TestTheSecondShop:
    @pytest.fixture(scope="class")
    def shop(self, shared, tmp_path_factory) -> Path:
        folder = tmp_path_factory.mktemp("shop")
        subprocess.run([sys.executable, shared / "eval" / "make_shop.py", folder], check=True, capture_output=True)
        return folder

    def test_it_comes_whole_and_a_second_time_changes_nothing(self, store, shop):
        made = json.loads((shop / "made.json").read_text(encoding="utf-8"))["rows"]
        for kind in KINDS:
            report = import_file(store, kind, shop / f"{kind}.csv")
            assert report.ok and not report.notices, (report.problems, report.notices)
            assert _counts(report) == (report.read, report.read, 0, 0, 0)
            assert report.read == made.get(kind, report.read)
            assert import_file(store, kind, shop / f"{kind}.csv").unchanged == report.read
        assert len(store.customers.all()) == 80 and len(store.catalogue.snapshot().products) == 261
        assert len(store.faq.snapshot()[1]) == 15
        assert store.orders.get("730109026631").status_zh == "已发货"
        assert store.customers.get("C007").consent_personalisation is False
        assert {"耳机", "蓝牙耳机"} <= set(store.catalogue.snapshot().kinds)

    def test_what_was_cancelled_stays_cancelled(self, store, shop):
        import_file(store, "orders", shop / "orders.csv")
        store.orders.cancel("730110014983", "C010", "不要了")
        assert _counts(import_file(store, "orders", shop / "orders.csv"))[2] == 0
        assert store.orders.get("730110014983").status == "cancelled"


class TestAllOrNothing:
    @pytest.mark.parametrize(
        ("content", "line", "column", "said"),
        [
            ("product_id,title,price\nP1,杯子,59\nP2,灯,abc\n", 3, "price", "“abc”不是价格"),
            ("product_id,title,price\nP1,杯子,-5\n", 2, "price", "大于或等于 0"),
            ("商品编号,商品名称,售价\nP1,,59\n", 2, "商品名称", "不能为空"),
            ("product_id,title\nP1,杯子\n", 1, "price", "缺少这一列"),
            ("product_id,title,price\nP1,杯子\n", 2, None, "只有 2 格"),
            ("product_id,title,price\nP1,杯子,大号,59\n", 2, None, "有 4 格，表头只有 3 格"),
            ('product_id,title,price\nP1,"杯\n子",5x\n', 2, "price", "不是价格"),
            ('product_id,title,price\nP1,杯子,5\nP2,"灯,6\nP3,伞,7\n', 3, None, "引号没有成对"),
            ("product_id,title,price,价格\nP1,杯子,5,6\nP2,x,y,z\n", 3, "price", "不是价格"),
            ("product_id,title,售价,现价\nP1,杯子,5,6\n", 1, "现价", "同一个意思"),
            ('product_id,title,price,attributes\nP1,杯子,5,"{""颜色"": "\n', 2, "attributes", "JSON"),
            ("product_id,title,price,stock\nP1,杯子,5,1.5\n", 2, "stock", "不是整数"),
            ("product_id,title,price,added_at\nP1,杯子,5,2026-13-45\n", 2, "added_at", "不是时间"),
            ("", None, None, "文件是空的"),
            (b"PK\x03\x04whatever", None, None, "另存为"),
            (b"product_id,title,price\nP1,\xff\xfe\xff,5\n", 2, None, "解不开"),
        ],
    )
    def test_what_is_broken_is_named_and_nothing_is_stored(self, sqlite_store, file, content, line, column, said):
        report = import_file(sqlite_store, "products", file(content))
        assert not report.ok and (report.problems[0].line, report.problems[0].column) == (line, column)
        assert said in report.problems[0].message and report.problems[0].message.endswith("。")
        assert "products.csv" in report.sentence(report.problems[0])
        assert _counts(report)[1:4] == (0, 0, 0)
        assert sqlite_store.catalogue.snapshot().products == {}

    def test_all_problems_of_a_file_are_listed(self, sqlite_store, file):
        report = import_file(sqlite_store, "products", file("product_id,title,price\n" + "P,x,y\n" * 200))
        assert report.problem_count == 200 and len(report.problems) == 50 and report.rejected == 200

    def test_a_file_that_is_not_there(self, sqlite_store, tmp_path):
        assert "没有这个文件" in import_file(sqlite_store, "products", tmp_path / "none.csv").problems[0].message

    def test_an_unknown_kind_is_a_mistake_of_the_caller(self, sqlite_store, file):
        with pytest.raises(ValueError, match="customers"):
            import_file(sqlite_store, "goods", file(PRODUCTS))

    def test_an_order_of_two_customers_is_a_problem(self, sqlite_store):
        row = {
            "order_id": "O1",
            "customer_id": "C1",
            "product_id": "P1",
            "quantity": 1,
            "price": 1,
            "ordered_at": "2026-11-01",
        }
        report = import_rows(sqlite_store, "orders", [row, row | {"customer_id": "C2"}])
        assert not report.ok and report.problems[0].line == 2 and sqlite_store.orders.get("O1") is None


class TestReading:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
    def test_the_encodings_that_shops_use(self, sqlite_store, file, encoding):
        assert import_file(sqlite_store, "products", file(PRODUCTS.encode(encoding))).stored == 2
        assert sqlite_store.catalogue.get("P1").title == "保温杯"

    @pytest.mark.parametrize(
        "content",
        [
            PRODUCTS.replace("\n", "\r\n"),
            PRODUCTS.replace(",", "\t"),
            PRODUCTS.replace(",", ";"),
            PRODUCTS.rstrip(),
            PRODUCTS.replace("\nP2", "\n\n,,,\nP2"),
        ],
    )
    def test_line_ends_delimiters_and_blank_lines(self, sqlite_store, file, content):
        assert _counts(import_file(sqlite_store, "products", file(content))) == (2, 2, 0, 0, 0)

    def test_chinese_headers_and_values(self, sqlite_store, file):
        import_file(
            sqlite_store,
            "products",
            file(
                "商品编号,商品名称,售价,库存,标签,状态,属性,产地\n"
                'P1,耳机,"￥1,299.00",3,数码；送男友、学生,下架,颜色:黑色/白色；尺码:S/M/L;速度:20km/h,杭州\n'
            ),
        )
        found = sqlite_store.catalogue.get("P1")
        assert (found.price, found.tags, found.status) == (1299.0, ("数码", "送男友", "学生"), "off_shelf")
        assert found.attributes == {"颜色": ("黑色", "白色"), "尺码": ("S", "M", "L"), "速度": ("20km/h",)}
        assert found.extra == {"产地": "杭州"}

    def test_jsonl(self, sqlite_store, file):
        content = (
            '{"product_id": "P1", "title": "杯子", "price": 9.9, "attributes": {"颜色": ["红", "蓝"]}, "x": [1]}\n\n'
            '{"product_id": "P2", "title": "灯", "price": "5", "stock": null}\n'
        )
        assert import_file(sqlite_store, "products", file(content, "goods.jsonl")).stored == 2
        found = sqlite_store.catalogue.get("P1")
        assert found.colours == ("红", "蓝") and found.extra == {"x": [1]}
        broken = import_file(sqlite_store, "products", file(content + "{oops\n", "goods.jsonl"))
        assert broken.problems[0].line == 4 and not broken.ok

    def test_unknown_words_are_kept_as_they_came_and_reported(self, sqlite_store):
        report = import_rows(
            sqlite_store, "customers", [{"customer_id": "C1", "consent_personalisation": "也许", "gender": "不便透露"}]
        )
        found = sqlite_store.customers.get("C1")
        assert report.ok and report.notice_count == 2
        assert (
            found.consent_personalisation is None
            and found.extra == {"consent_personalisation": "也许"}
            and found.gender == "不便透露"
        )

    def test_orders_of_unknown_customers_and_goods_are_kept_and_reported(self, store):
        report = import_rows(
            store,
            "orders",
            [
                {
                    "order_id": "O1",
                    "customer_id": "C404",
                    "product_id": "P404",
                    "quantity": 1,
                    "price": 1,
                    "ordered_at": "2026-11-01",
                    "status": "海关查验",
                }
            ],
        )
        assert report.ok and report.stored == 1 and report.notice_count == 3
        assert "C404" in " ".join(notice.message for notice in report.notices)
        found = store.orders.get("O1")
        assert found.status_zh == "海关查验" and found.lines[0].title == "商品 P404"

    def test_a_parcels_way_becomes_events(self, sqlite_store):
        row = {
            "order_id": "O1",
            "customer_id": "C1",
            "product_id": "P1",
            "quantity": 1,
            "price": 1,
            "ordered_at": "2026-11-01 08:00:00",
            "shipped_at": "2026-11-02 08:00:00",
            "carrier": "圆通",
            "tracking_no": "YT1",
            "trace": [{"at": "2026-11-03 21:14", "text": "到达转运中心", "place": "杭州"}],
        }
        import_rows(sqlite_store, "orders", [row])
        events = sqlite_store.orders.get("O1").events
        assert [event.text for event in events] == ["提交订单", "已发货（圆通 YT1）", "到达转运中心"] and events[
            -1
        ].place == "杭州"
        import_rows(sqlite_store, "orders", [row | {"trace": "2026-11-03 21:14 到达杭州;2026-11-04 09:00 派送中"}])
        assert [event.text for event in sqlite_store.orders.get("O1").events][2:] == ["到达杭州", "派送中"]


class TestUpdating:
    def test_only_what_differs_is_updated(self, store, file):
        import_file(store, "products", file(PRODUCTS))
        version = store.catalogue.snapshot().version
        assert _counts(import_file(store, "products", file(PRODUCTS.replace("129", "99") + "P3,伞,9,1\n"))) == (
            3,
            1,
            1,
            1,
            0,
        )
        assert store.catalogue.get("P2").price == 99.0 and store.catalogue.snapshot().version > version

    def test_the_same_value_spelt_otherwise_is_unchanged(self, sqlite_store, file):
        import_file(sqlite_store, "products", file(PRODUCTS))
        version = sqlite_store.catalogue.snapshot().version
        again = import_file(sqlite_store, "products", file(PRODUCTS.replace("59", "¥59.00").replace("129", "129.0")))
        assert again.unchanged == 2 and sqlite_store.catalogue.snapshot().version == version

    def test_a_dry_run_counts_and_writes_nothing(self, store, file):
        report = import_file(store, "products", file(PRODUCTS), dry_run=True)
        assert _counts(report) == (2, 2, 0, 0, 0) and store.catalogue.snapshot().products == {}

    def test_of_rows_about_the_same_thing_the_last_holds(self, store):
        rows = [{"product_id": "P1", "title": "旧", "price": 1}, {"product_id": "P1", "title": "新", "price": 2}]
        report = import_rows(store, "products", rows)
        assert _counts(report) == (2, 1, 0, 1, 0) and report.notice_count == 1
        assert store.catalogue.get("P1").title == "新" and import_rows(store, "products", rows).unchanged == 2

    def test_a_newer_file_moves_an_order_on(self, store):
        row = {
            "order_id": "O1",
            "customer_id": "C1",
            "product_id": "P1",
            "quantity": 1,
            "price": 1,
            "ordered_at": "2026-11-01",
            "status": "待发货",
        }
        import_rows(store, "orders", [row, row | {"product_id": "P2"}])
        store.orders.change("O1", "C1", {"address": "西湖区 1 号"})
        report = import_rows(store, "orders", [row | {"status": "已发货", "tracking_no": "YT1"}])
        found = store.orders.get("O1")
        assert _counts(report) == (1, 0, 1, 0, 0)
        assert (found.status, found.address, len(found.lines)) == ("shipped", "西湖区 1 号", 1)

    def test_a_customers_cancellation_outlives_a_file_that_does_not_know_it(self, store):
        row = {
            "order_id": "O1",
            "customer_id": "C1",
            "product_id": "P1",
            "quantity": 1,
            "price": 1,
            "ordered_at": "2026-11-01",
            "status": "待发货",
        }
        import_rows(store, "orders", [row])
        store.orders.cancel("O1", "C1", "不要了")
        report = import_rows(store, "orders", [row | {"note": "加急"}])
        assert report.notice_count >= 1 and store.orders.get("O1").status == "cancelled"
        import_rows(store, "orders", [row | {"status": "已发货"}])
        assert store.orders.get("O1").status == "shipped"


_id = st.text("ABC123", min_size=1, max_size=3)
_word = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=12)
_moment = st.datetimes(datetime(2020, 1, 1), datetime(2027, 1, 1)).map(
    lambda moment: moment.strftime("%Y-%m-%d %H:%M:%S")
)
_ROWS = {
    "customers": st.fixed_dictionaries(
        {
            "customer_id": _id,
            "name": _word,
            "gender": _word,
            "consent_marketing": st.sampled_from(["是", "否", "", "?"]),
            "加的列": _word,
        }
    ),
    "orders": st.fixed_dictionaries(
        {
            "order_id": _id,
            "customer_id": st.just("C1"),
            "product_id": _id,
            "quantity": st.integers(1, 9),
            "price": st.floats(0, 1e6),
            "ordered_at": _moment,
            "status": st.sampled_from(["已发货", "", "怪"]),
        }
    ),
    "events": st.fixed_dictionaries(
        {
            "customer_id": _id,
            "product_id": _id,
            "type": st.sampled_from(["浏览", "cart", "摇一摇"]),
            "at": _moment,
            "value": st.one_of(st.none(), st.floats(-1e9, 1e9)),
            "channel": _word,
        }
    ),
    "faq": st.fixed_dictionaries(
        {"question": _word.filter(str.strip), "answer": _word.filter(str.strip), "similar_questions": _word}
    ),
}


@pytest.mark.parametrize("kind", _ROWS)
def test_importing_twice_changes_nothing_and_counts_add_up(sqlite_store, kind):
    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(_ROWS[kind], max_size=12))
    def holds(rows):
        first = import_rows(sqlite_store, kind, rows)
        second = import_rows(sqlite_store, kind, rows)
        assert first.ok, first.problems
        assert _counts(first)[0] == len(rows) and _counts(second)[1:3] == (0, 0)

    holds()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(_word, min_size=3, max_size=3), min_size=1, max_size=8))
def test_a_csv_of_any_cells_is_read_as_it_was_written(rows):
    from store.importing.reading import _csv_table

    written = io.StringIO()
    csv.writer(written).writerows([["a", "b", "c"], *rows])
    wanted = [row for row in rows if any(cell.strip() for cell in row)]
    assert [list(row) for _, row in _csv_table(written.getvalue()).rows] == wanted


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [
        ("2026-11-22 09:41:00", (2026, 11, 22, 9, 41)),
        ("2026/11/2 9:41", (2026, 11, 2, 9, 41)),
        ("2026年11月22日", (2026, 11, 22, 0, 0)),
        ("2026年11月22日 9时41分", (2026, 11, 22, 9, 41)),
        ("20261122", (2026, 11, 22, 0, 0)),
        ("2026-11-22T01:41:00Z", (2026, 11, 22, 9, 41)),
        ("2026-11-22T09:41:00+08:00", (2026, 11, 22, 9, 41)),
        ("2026.11.22", (2026, 11, 22, 0, 0)),
    ],
)
def test_times_without_a_zone_are_shanghai(cell, wanted):
    assert values.time(cell).astimezone(SHANGHAI) == datetime(*wanted, tzinfo=SHANGHAI)


def test_sixty_thousand_rows_take_seconds(sqlite_store, file):
    lines = ["order_id,customer_id,product_id,quantity,price,ordered_at,status,tracking_no"]
    lines += [
        f"O{n},C{n % 3000},P{n % 799 + side},1,{n % 300}.5,2026-{n % 11 + 1:02d}-{n % 28 + 1:02d},已签收,YT{n}"
        for n in range(30_000)
        for side in range(2)
    ]
    path = file("\n".join(lines), "orders.csv")
    begun = time.perf_counter()
    assert import_file(sqlite_store, "orders", path).stored == 60_000
    # Generous: machines that run tests are busy. Alone it takes about three seconds.
    assert time.perf_counter() - begun < 30
