"""`zhike profile`: segments and portraits that anybody can count again, no more than customers agreed to, and pages
and pictures that need nothing from elsewhere."""

from __future__ import annotations

import json
import re
import sqlite3
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from portraits_kit import fill, rows, train

from bot.cli import profile
from bot.errors import Problem
from bot.portraits import picture
from bot.portraits.shop import Landscape
from recommender.projection import Axis
from tests.homes import zhike

PERSONAL = {"segment", "rfm", "kinds", "brands", "price", "when", "looked_at", "channel", "mood", "due"}
SERVICE = {"orders", "cases"}
NO_PURCHASE = "('pending', 'cancelled', 'refunded')"
COUNTED = f"customer_id = 'C00' AND status NOT IN {NO_PURCHASE} AND ordered_at > date('now', '-365 days')"


@pytest.fixture
def home(trained: Path, at_home: Callable[[Path], Path]) -> Path:
    return at_home(trained)


def told(capsys: pytest.CaptureFixture[str], **options: Any) -> dict[str, Any]:
    profile.run(as_json=True, **options)
    return json.loads(capsys.readouterr().out)


def said(portrait: dict[str, Any], topic: str) -> dict[str, Any]:
    return next(one for one in portrait["statements"] if one["topic"] == topic)


def count(home: Path, query: str) -> Any:
    with sqlite3.connect(home / "zhike.db") as database:
        return database.execute(query).fetchone()[0]


# --- segments -----------------------------------------------------------------------------------------------


def test_the_segments_are_told_with_their_sizes_and_the_choice_of_k(home: Path, capsys):
    document = told(capsys)
    assert len(document["segments"]) == 5 == document["choice_of_k"]["used"]
    assert sum(one["size"] for one in document["segments"]) == document["segmented"]
    assert [one["k"] for one in document["choice_of_k"]["tried"]] == list(range(2, 11))
    assert document["choice_of_k"]["recommended"] in range(2, 11) and "5 群" in document["choice_of_k"]["advice"]
    assert len(document["axes"]) == 2 and all(
        0 < axis["explained"] < 1 and axis["meaning"] for axis in document["axes"]
    )
    profile.run()
    text = capsys.readouterr().out
    for one in document["segments"]:
        assert one["name"] in text and one["description"] in text
    assert "轮廓系数" in text and "在用" in text and "主成分图" in text and "nan" not in text


def test_who_is_not_in_a_segment_is_counted_and_told(home: Path, capsys):
    document = told(capsys)
    assert (document["customers"], document["without_consent"]) == (60, 1)
    assert document["without_records"] == count(
        home,
        "SELECT count(*) FROM customers c WHERE consent_personalisation IS NOT 0"
        " AND NOT EXISTS (SELECT 1 FROM events e WHERE e.customer_id = c.customer_id) AND NOT EXISTS"
        " (SELECT 1 FROM orders o WHERE o.customer_id = c.customer_id AND o.status <> 'cancelled')",
    )
    outside = document["without_consent"] + document["without_records"]
    assert document["not_in_customers"] == 1 and document["segmented"] - 1 + outside == document["customers"]
    profile.run()
    assert "1 位关掉了个性化推荐，不参加分群" in capsys.readouterr().out


def test_the_same_model_gives_the_same_document(home: Path, capsys):
    assert told(capsys) == told(capsys)


# --- a portrait -----------------------------------------------------------------------------------------------


def test_every_count_of_a_portrait_can_be_counted_again(home: Path, capsys):
    one = told(capsys, customer="C00")
    assert {said["topic"] for said in one["statements"]} == PERSONAL | SERVICE
    lines = f"SELECT count(*) FROM order_lines WHERE order_id IN (SELECT order_id FROM orders WHERE {COUNTED})"
    for topic, query in {
        "rfm": f"SELECT count(*) FROM orders WHERE {COUNTED}",
        "when": f"SELECT count(*) FROM orders WHERE {COUNTED}",
        "kinds": lines,
        "brands": lines,
        "price": lines,
        "channel": "SELECT count(*) FROM events WHERE customer_id = 'C00' AND channel <> ''",
        "looked_at": "SELECT count(*) FROM events WHERE customer_id = 'C00' AND type IN ('view', 'click')",
        "mood": "SELECT count(*) FROM turns WHERE customer_id = 'C00' AND sentiment_label IS NOT NULL",
        "due": "SELECT count(*) FROM order_lines JOIN orders USING (order_id) WHERE customer_id = 'C00'"
        " AND product_id = 'F0' AND status <> 'cancelled'",
    }.items():
        source = said(one, topic)["sources"][0]
        assert source["rows"] == count(home, query) > 0, topic
        assert source["table"] and source["condition"], topic


def test_what_is_said_of_a_customer_by_hand(home: Path, capsys):
    one = told(capsys, customer="C00")
    spent = count(
        home,
        f"SELECT sum(price * quantity) FROM order_lines JOIN orders USING (order_id) WHERE {COUNTED}",
    )
    assert said(one, "rfm")["text"].startswith(f"近一年下单 6 次，共花 ￥{spent:,.2f}；上次下单在 ")
    assert said(one, "kinds")["text"] == "猫粮 5 次、猫砂 1 次"
    assert said(one, "brands")["text"] == "皇家 5 次、皮皮淘 1 次"
    assert said(one, "when")["text"].startswith("多在晚上") and "6 单里晚上 5 单" in said(one, "when")["text"]
    assert said(one, "mood")["text"] == "聊过 4 句：高兴 2 句、平静 1 句、不满 1 句"
    assert said(one, "channel")["text"].startswith("App ")
    assert "皇家 猫粮 0 号" in said(one, "due")["text"] and "平时约 30 天买一次" in said(one, "due")["text"]
    assert (said(one, "orders")["text"], said(one, "cases")["text"]) == ("没有", "没有")


def test_the_text_says_after_each_sentence_where_it_comes_from(home: Path, capsys):
    profile.run(customer="C00")
    lines = capsys.readouterr().out.splitlines()
    document = told(capsys, customer="C00")
    for one in document["statements"]:
        place = lines.index(f"{one['title']}：{one['text']}")
        for source in one["sources"]:
            assert f"{source['table']}，{source['condition']}：{source['rows']} {source['unit']}" in lines[place + 1]


@pytest.mark.parametrize(("customer", "why"), [("C01", "关掉了个性化推荐"), ("C02", "还没有说过愿不愿意")])
def test_without_consent_there_is_only_what_service_needs(home: Path, capsys, customer: str, why: str):
    one = told(capsys, customer=customer)
    assert not one["personalised"] and why in one["note"]
    assert {said["topic"] for said in one["statements"]} == SERVICE and not one["compared"]
    with pytest.raises(Problem, match="画不出图") as refused:
        profile.run(customer=customer, svg=home / "no.svg")
    assert why in refused.value.why and not (home / "no.svg").exists()


def test_a_no_said_after_training_counts_at_once(tmp_path: Path, at_home, capsys):
    home = at_home(tmp_path / "home")
    fill(home, rows(20))
    train(home)
    assert told(capsys, customer="C00")["personalised"]
    with sqlite3.connect(home / "zhike.db") as database:
        database.execute("UPDATE customers SET consent_personalisation = 0 WHERE customer_id = 'C00'")
    assert {said["topic"] for said in told(capsys, customer="C00")["statements"]} == SERVICE


def test_what_is_under_way_and_what_never_became_a_purchase(home: Path, capsys):
    assert "运输中" in said(told(capsys, customer="C05"), "orders")["text"]
    waiting = told(capsys, customer="C04")
    assert said(waiting, "rfm")["text"] == "还没有买过东西" and "待付款" in said(waiting, "orders")["text"]
    assert "kinds" not in {one["topic"] for one in waiting["statements"]}


def test_who_never_did_anything_has_a_portrait_that_says_so(home: Path, capsys):
    one = told(capsys, customer="C03")
    assert one["personalised"] and {said["topic"] for said in one["statements"]} == {"segment", "rfm"} | SERVICE
    assert "没有分群" in said(one, "segment")["text"]


def test_an_unknown_customer_is_a_sentence_and_exit_code_2(trained: Path):
    done = zhike("profile", "--customer", "no-such", home=trained)
    assert done.returncode == 2 and "没有顾客“no-such”" in done.stderr
    assert "Traceback" not in done.stderr and not done.stdout


def test_everything_is_there_for_a_program_and_nothing_else_on_stdout(trained: Path, tmp_path: Path):
    done = zhike("profile", "--json", "--png", str(tmp_path / "p.png"), home=trained)
    assert done.returncode == 0 and json.loads(done.stdout)["segments"]
    assert "写好了" in done.stderr and "Warning" not in done.stderr


# --- without a model, with odd data -------------------------------------------------------------------------------


def test_without_a_model_segments_say_how_to_train_and_a_portrait_still_tells_the_orders(
    tmp_path: Path, at_home, capsys
):
    home = at_home(tmp_path / "home")
    fill(home, rows(10))
    with pytest.raises(Problem, match="zhike train"):
        profile.run()
    one = told(capsys, customer="C00")
    assert one["model"] is None and "还没有训练" in said(one, "segment")["text"]
    assert said(one, "rfm")["sources"][0]["rows"] == 6 and "due" not in {s["topic"] for s in one["statements"]}


def test_a_damaged_model_is_told(tmp_path: Path, at_home):
    home = at_home(tmp_path / "home")
    fill(home, rows(10))
    train(home)
    (home / "models/current/recommender/facts.json").write_text("{}", encoding="utf-8")
    for options in ({}, {"customer": "C00"}):
        with pytest.raises(Problem, match="推荐模型用不了") as told_so:
            profile.run(**options)
        assert "zhike train" in told_so.value.fix


def test_a_database_that_cannot_be_read_is_told(home: Path, monkeypatch):
    monkeypatch.setenv("ZHIKE_DATABASE_URL", "mysql://shop")
    with pytest.raises(Problem, match="读不了店里的数据") as told_so:
        profile.run(customer="C00")
    assert "PostgreSQL" in told_so.value.why and "zhike doctor" in told_so.value.fix


@pytest.mark.parametrize(
    ("tables", "segments"),
    [
        (("products",), 0),
        (("products", "customers"), 0),
        (("products", "customers", "orders"), 5),
        (("products", "customers", "events"), 5),
    ],
)
def test_a_shop_that_lacks_tables_has_what_can_be_had(tmp_path: Path, at_home, capsys, tables, segments):
    home = at_home(tmp_path / "home")
    fill(home, {kind: lines for kind, lines in rows().items() if kind in tables})
    train(home)
    document = told(capsys, html=tmp_path / "page.html")
    assert len(document["segments"]) == segments and "NaN" not in json.dumps(document)
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert ("还没有能分群的顾客" in page) == (not segments) and "nan" not in re.sub(
        r"<svg.*</svg>", "", page, flags=re.S
    )
    profile.run()
    assert ("zhike import orders" in capsys.readouterr().out) == (not segments)


def test_one_customer_is_one_segment_without_a_picture(tmp_path: Path, at_home, capsys):
    home = at_home(tmp_path / "home")
    tables = rows(1)
    fill(home, tables | {"orders": [one for one in tables["orders"] if one["customer_id"] == "C00"], "events": []})
    train(home)
    document = told(capsys)
    assert [one["size"] for one in document["segments"]] == [1] and not document["axes"]
    assert "太少" in document["choice_of_k"]["advice"] and document["choice_of_k"]["tried"] == []
    with pytest.raises(Problem, match="画不出图"):
        profile.run(png=tmp_path / "p.png")


# --- pages and pictures -----------------------------------------------------------------------------------------


def test_pages_are_whole_in_themselves_and_names_are_no_html(tmp_path: Path, at_home, capsys):
    home = at_home(tmp_path / "home")
    tables = rows(30)
    tables["customers"][0]["name"] = "<script>alert(1)</script>"
    tables["products"][0]["category"] = "<b>猫粮</b>"
    fill(home, tables)
    train(home)
    for options, name in (({}, "shop.html"), ({"customer": "C00"}, "one.html")):
        profile.run(html=tmp_path / name, **options)
        page = (tmp_path / name).read_text(encoding="utf-8")
        assert page.count("<svg") == page.count("</svg>") == 1
        bare = re.sub(r'xmlns(:\w+)?="[^"]*"', "", page)  # names of vocabularies, nothing is fetched from there
        assert not re.search(r"<script|<link|<img|https?://|url\(http|<b>猫粮", bare)
    assert "&lt;script&gt;" in page and "★ 是这位顾客" in page


def test_the_svg_keeps_its_words_and_is_the_same_again(home: Path, tmp_path: Path, capsys):
    for name in ("a.svg", "b.svg"):
        profile.run(svg=tmp_path / name)
    drawn = (tmp_path / "a.svg").read_text(encoding="utf-8")
    assert drawn == (tmp_path / "b.svg").read_text(encoding="utf-8")
    capsys.readouterr()
    for one in told(capsys)["segments"]:
        assert one["name"] in drawn
    assert "往右：" in drawn and "DejaVu" not in drawn and "sans-serif" in drawn


def test_a_png_without_a_chinese_font_goes_by_numbers_and_says_so(home: Path, tmp_path: Path, capsys, monkeypatch):
    monkeypatch.setattr(picture, "chinese_font", lambda: None)
    profile.run(png=tmp_path / "p.png")
    assert "没有中文字体" in capsys.readouterr().out
    data = (tmp_path / "p.png").read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n" and struct.unpack(">II", data[16:24]) == (1350, 900)


def test_without_words_no_letter_is_asked_of_a_font_that_lacks_it(monkeypatch):
    """Boxes in place of letters would be worse than numbers."""
    seen = []
    axis = Axis(0.5, (("orders", 1.0),))
    land = Landscape(np.zeros((2, 2)), np.array([0, 1]), np.ones((2, 2)), (axis, axis), ("甲群", "乙群"), (0.5, 0.5), 2)
    with picture._drawing({}):
        figure = picture._figure(land, words=False, legend=True)
    for text in figure.findobj(lambda artist: hasattr(artist, "get_text")):
        seen.append(text.get_text())
    assert not re.search(r"[\u4e00-\u9fff]", "".join(seen)) and {"1", "2"} <= set(seen)


@pytest.mark.parametrize("option", ["html", "svg", "png"])
def test_a_folder_that_is_not_there_is_told_before_the_work(home: Path, tmp_path: Path, option: str):
    with pytest.raises(Problem, match="写不了") as refused:
        profile.run(**{option: tmp_path / "none" / "file"})
    assert refused.value.code == 2 and "mkdir -p" in refused.value.fix


def test_a_large_shop_is_drawn_by_a_sample_and_says_so(home: Path, tmp_path: Path, capsys, monkeypatch):
    from bot.portraits import shop

    monkeypatch.setattr(shop, "_DRAWN", 20)
    profile.run(html=tmp_path / "page.html")
    assert "随机画了 20 位" in (tmp_path / "page.html").read_text(encoding="utf-8")
