"""`zhike evaluate` on small files: what it prints, writes and refuses."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from bot.components.archive import open_archive
from bot.evaluation.mood_archive import only_moods
from tests.homes import zhike

MESSAGES = [
    {"text": "我要退货", "intent": "request_return", "entities": [], "sentiment": "neutral", "level": "easy"},
    {"text": "小米耳机多少钱", "intent": "ask_price", "level": "easy"}
    | {"entities": [{"start": 0, "end": 2, "entity": "brand", "value": "小米"}]},
    {
        "text": "<b>帮我写首诗</b>",
        "intent": "greet",
        "level": "hard",
    },  # a confusion on purpose, and no HTML of the page's
    {"text": "别取消订单", "must_not": ["cancel_order"], "ok": ["deny", "nlu_fallback"]},
    {"text": "帮我订张机票", "kind": "out_of_scope"},
]


def jsonl(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def test_a_whole_evaluation_of_messages(trained_home: Path, tmp_path: Path):
    file = jsonl(tmp_path / "messages.jsonl", MESSAGES)
    figures, page = tmp_path / "figures.json", tmp_path / "page.html"
    done = zhike("evaluate", "nlu", str(file), "--json", str(figures), "--page", str(page), home=trained_home)
    assert done.returncode == 0, done.stderr
    for words in ("准确率", "95 % 区间", "最常混淆的", "实体", "情绪", "否定的愿望", "不归店里管的话", "ECE"):
        assert words in done.stdout
    document = json.loads(figures.read_text(encoding="utf-8"))
    assert (document["kind"], document["n"], document["intents"]["accuracy"]["n"]) == ("nlu", 5, 3)
    assert document["intents"]["groups"]["easy"]["n"] == 2 and len(document["intents"]["calibration"]["bins"]) == 15
    assert document["denied"]["acted_on"]["n"] == document["outside"]["acted_on"]["n"] == 1

    html = page.read_text(encoding="utf-8")
    assert html.count("<svg") == html.count("</svg>") == 4 and "可靠度图" in html
    assert "&lt;b&gt;" in html and "<b>帮我" not in html
    assert not re.search(r"<script|<link|<img|https?://", html), "the page needs nothing from elsewhere"


def test_moods_and_reviews(trained_home: Path, tmp_path: Path):
    chats = jsonl(
        tmp_path / "moods.jsonl",
        [
            {"text": "气死我了，骗子", "sentiment": "negative"},
            {"text": "几点发货", "sentiment": "neutral"},
            {"text": "谢谢", "sentiment": None},
        ],
    )
    done = zhike("evaluate", "sentiment", str(chats), "--json", home=trained_home)
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)  # nothing else on standard output
    assert (document["kind"], document["n"]) == ("sentiment", 2), "a message without a label is left out"


def test_reviews_learned_from_a_file(tmp_path: Path):
    train, file, page = (tmp_path / name for name in ("train.csv", "reviews.csv", "page.html"))
    good = [f"{what}很好，喜欢" for what in ("鞋", "包", "灯", "锅", "伞", "床", "书", "笔", "茶", "米")]
    rows = [f"1,{text}\n0,{text.replace('很好，喜欢', '太差，失望')}" for text in good]
    train.write_text("label,review\n" + "\n".join(rows) + "\n", encoding="utf-8")
    file.write_text("label,review\n1,碗很好，喜欢\n0,盆太差，失望\n1,鞋很好，喜欢\n", encoding="utf-8")
    done = zhike("evaluate", "sentiment", str(file), "--train", str(train), "--page", str(page), home=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "ROC AUC 1.000" in done.stdout and "<svg" in page.read_text(encoding="utf-8")
    assert "训练数据里没有的评论 100.0 %（2/2" in done.stdout


def test_moods_read_alone_are_the_moods_of_the_whole_reading(trained_home: Path, tmp_path: Path):
    whole = trained_home / "models/current/rasa.tar.gz"
    texts = ["气死我了，骗子", "几点发货", "太喜欢了😊", "", "质量不错，就是贵了 20 块"]
    read = []
    for archive in (whole, only_moods(whole, tmp_path)):
        with open_archive(archive) as understanding:
            read.append([one["sentiment"] for one in understanding.parse(texts)])
    assert read[0] == read[1]


def test_answers_of_the_shop(trained_home: Path, tmp_path: Path):
    from bot.settings import load
    from store import Store

    settings = load({"ZHIKE_HOME": str(trained_home)})
    with Store.open(settings.url, busy_timeout_ms=settings.busy_ms) as store:
        entries = store.faq.snapshot()[1][:2]
    file = jsonl(
        tmp_path / "faq.jsonl",
        [
            {"question": entries[0].question, "entry": entries[0].entry_id},
            {"question": entries[1].question, "answer": entries[1].answer},
        ],
    )
    page = tmp_path / "page.html"
    done = zhike("evaluate", "faq", str(file), "--page", str(page), home=trained_home)
    assert done.returncode == 0, done.stderr
    assert (
        "第一条就对 100.0 %（2/2" in done.stdout and "MRR 1.000" in done.stdout and "没有答" in page.read_text("utf-8")
    )


# --- what is refused ------------------------------------------------------------------------------------


def refused(kind: str, path: Path, home: Path, *options: str) -> str:
    done = zhike("evaluate", kind, str(path), *options, home=home)
    assert done.returncode == 2 and not done.stdout and "Traceback" not in done.stderr
    return done.stderr


@pytest.mark.parametrize("kind", ["nlu", "sentiment", "faq"])
def test_a_file_that_is_not_there(kind: str, tmp_path: Path):
    assert "没有这个文件" in refused(kind, tmp_path / "none.jsonl", tmp_path)


@pytest.mark.parametrize(
    ("kind", "content", "said"),
    [
        ("nlu", "", "文件是空的"),
        ("nlu", '{"text": "好"}\n', "一个标签也没有"),
        ("nlu", '{"text": "退货", "intent": "request_return"}\n{"text": \n', "第 2 行：不是完整的 JSON"),
        ("nlu", '{"text": "退货", "intent": "give_back"}\n', "第 1 行：不认识“give_back”"),
        ("nlu", '{"intent": "request_return"}\n', "第 1 行：缺少 text"),
        ("nlu", '{"text": "退货", "must_not": "cancel_order"}\n', "第 1 行：must_not 要写成列表"),
        ("nlu", '{"text": "小米", "entities": [{"start": 0, "end": 9, "entity": "brand"}]}\n', "第 1 行：实体 brand"),
        ("nlu", '{"text": "小米", "entities": [{"start": 0, "end": 2, "entity": "maker"}]}\n', "不认识“maker”"),
        ("sentiment", '{"text": "好", "sentiment": "glad"}\n', "第 1 行：sentiment 不能是“glad”"),
        ("sentiment", '{"text": "好"}\n', "没有标签这一列"),
        ("faq", '{"entry": "faq-1"}\n', "第 1 行：缺少 question"),
        ("faq", '{"question": "运费多少", "entry": "faq-1"}\n', "店里没有编号或问题是“faq-1”的问答"),
    ],
)
def test_a_file_that_is_wrong(kind: str, content: str, said: str, tmp_path: Path):
    file = tmp_path / "wrong.jsonl"
    file.write_text(content, encoding="utf-8")
    assert said in refused(kind, file, tmp_path)


def test_columns_that_are_wrong(tmp_path: Path):
    file = tmp_path / "reviews.csv"
    file.write_text("label,words\n1,好\n", encoding="utf-8")
    assert "没有文字这一列" in (error := refused("sentiment", file, tmp_path)) and "label、words" in error
    file.write_text("label,review\n1,好\n2,坏\n", encoding="utf-8")
    assert "第 3 行：label 要写 0（差评）或 1（好评）" in refused("sentiment", file, tmp_path)


def test_another_kind_of_file_and_a_folder_that_is_not_there(tmp_path: Path):
    file = jsonl(tmp_path / "messages.txt", MESSAGES)
    assert ".jsonl" in refused("nlu", file, tmp_path)
    assert "写不了" in refused("nlu", file, tmp_path, "--page", str(tmp_path / "none" / "page.html"))


def test_without_a_model(tmp_path: Path):
    file = jsonl(tmp_path / "messages.jsonl", MESSAGES)
    assert "zhike train" in refused("nlu", file, tmp_path)
