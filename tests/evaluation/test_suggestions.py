"""`zhike evaluate recommender` on small logs and on a small shop: what it prints, writes and refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.evaluation.suggestions import Log, suggestion_report
from recommender import Item
from tests.homes import zhike


def two_tastes(customers: int = 24) -> list[tuple]:
    """Even customers take three of the even goods, odd ones of the odd goods; the last is the one to be found."""
    return [
        (f"C{c:02d}", f"P{(c + 2 * (c // 2 + step)) % 10:02d}", "purchase", 1, f"2026-10-{1 + step:02d}")
        for c in range(customers)
        for step in range(4)
    ]


def csv(path: Path, log: list[tuple]) -> Path:
    lines = [f"{customer},{product},{kind},{at}" for customer, product, kind, _, at in log]
    path.write_text("customer_id,product_id,type,at\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_a_log_of_a_file(tmp_path: Path):
    file, page = csv(tmp_path / "log.csv", two_tastes()), tmp_path / "page.html"
    done = zhike("evaluate", "recommender", str(file), "--json", "--page", str(page), home=tmp_path / "home")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)  # nothing else on standard output
    assert (document["kind"], document["file"], document["n"]) == ("recommender", "log.csv", 24)
    models = {one["name"]: one for one in document["models"]}
    assert list(models) == ["popular", "article", "item_cosine", "user_cosine", "ease", "factors"]
    for one in models.values():
        accuracy = one["accuracy"]
        assert accuracy["hit_rate"]["n"] == 24 and 0 <= accuracy["ndcg"]["value"] <= 1
        assert accuracy["mrr"]["low"] <= accuracy["mrr"]["value"] <= accuracy["mrr"]["high"]
    assert models["item_cosine"]["accuracy"]["ndcg"]["value"] > models["popular"]["accuracy"]["ndcg"]["value"]
    assert models["popular"]["gain"]["value"] == 0
    html = page.read_text("utf-8")
    assert "热门榜" in html and "http" not in html.replace("http-equiv", "")


def test_the_summary_names_the_models_in_chinese(tmp_path: Path):
    file = csv(tmp_path / "log.csv", two_tastes())
    done = zhike("evaluate", "recommender", str(file), home=tmp_path / "home")
    assert done.returncode == 0, done.stderr
    for words in ("推荐评测：log.csv，24 条", "猜中", "余弦，按商品", "商品覆盖", "之前接触过几件商品", "95 % 区间"):
        assert words in done.stdout
    assert not (tmp_path / "home").exists(), "a file is measured without a shop"


def test_with_a_catalogue_the_whole_recommender_is_measured_by_segment_too():
    told: list[str] = []
    goods = [Item(f"P{n:02d}", f"商品{n}", 10.0, available=n != 3) for n in range(10)]
    report = suggestion_report(Log(two_tastes(), goods), told.append)
    assert told[-1] == report.grouped == report.models[-1].name == "shop"
    assert sum(one.hit_rate.n for one in report.groups["segment"].values()) == report.asked
    assert list(report.groups["history"]) == ["3–5"]
    assert report.models[-1].accuracy.hit_rate.value > 0, "goods that are off the shelf today could be bought then"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("customer_id,product_id,type,at\nC1,P1,purchase,2026-10-01\n", "没有可以量的顾客"),
        ("customer_id,type,at\nC1,purchase,2026-10-01\n", "product_id"),
        ("customer_id,product_id,type,at\nC1,P1,purchase,昨天吧\n", "第 2 行"),
    ],
)
def test_what_cannot_be_measured_is_refused_in_a_sentence(content: str, words: str, tmp_path: Path):
    file = tmp_path / "log.csv"
    file.write_text(content, encoding="utf-8")
    done = zhike("evaluate", "recommender", str(file), home=tmp_path / "home")
    assert done.returncode == 2 and not done.stdout and "Traceback" not in done.stderr
    assert words in done.stderr


def test_a_file_that_is_not_there(tmp_path: Path):
    done = zhike("evaluate", "recommender", str(tmp_path / "none.csv"), home=tmp_path / "home")
    assert done.returncode == 2 and "没有这个文件" in done.stderr
