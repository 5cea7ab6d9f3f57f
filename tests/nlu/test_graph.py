"""The components in Rasa's graph: trained and archived by Rasa, read again by `zhike parse` without TensorFlow."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.nlu.conftest import ROOT, SMALL_INTENTS

CONFIG = """
recipe: default.v1
assistant_id: test
language: zh
pipeline:
  - name: bot.components.normaliser.Normaliser
  - name: bot.components.tokenizer.ChineseTokenizer
  - name: bot.components.intents.IntentClassifier
    use: false
    e5: false
  - name: bot.components.gate.UnderstandingGate
"""

_ZHIKE = "from bot.cli import main; main()"


def parse(archive: Path, lines: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-c", _ZHIKE, "parse", "--jsonl", "--model", str(archive)],
        input=lines,
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=120,
    )


@pytest.fixture(scope="module")
def archive(tmp_path_factory, small_examples) -> Path:
    folder = tmp_path_factory.mktemp("rasa")
    examples = "".join(
        f"- intent: {intent}\n  examples: |\n" + "".join(f"    - {t}\n" for t, i in small_examples if i == intent)
        for intent in SMALL_INTENTS
    )
    (folder / "nlu.yml").write_text(f'version: "3.1"\nnlu:\n{examples}', encoding="utf-8")
    (folder / "config.yml").write_text(CONFIG, encoding="utf-8")
    (folder / "domain.yml").write_text(f'version: "3.1"\nintents: [{", ".join(SMALL_INTENTS)}]\n', encoding="utf-8")
    files = ["-c", "config.yml", "-u", "nlu.yml", "-d", "domain.yml"]
    command = ["train", "nlu", *files, "--out", ".", "--fixed-model-name", "m"]
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "rasa", *command],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "RASA_TELEMETRY_ENABLED": "false", "PATH": "", "HOME": str(folder)},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert run.returncode == 0, run.stderr[-2000:]
    assert "isaligned" not in run.stdout + run.stderr
    return folder / "m.tar.gz"


def test_parse_keeps_order_and_typed_text_and_never_reads_a_mark_as_a_wish(archive):
    typed = ["我想退貨", "/greet", "🙏", "。", "", "快递到哪了"]
    run = parse(archive, "".join(json.dumps({"text": text}) + "\n" for text in typed))
    assert run.returncode == 0, run.stderr[-2000:]
    rows = [json.loads(line) for line in run.stdout.splitlines()]
    assert [row["text"] for row in rows] == typed
    assert [rows[at]["intent"]["name"] for at in (0, 5)] == ["request_return", "track_order"]
    for at in (2, 3, 4):
        assert rows[at]["intent"]["name"] == "nlu_fallback"
        ranking = rows[at]["intent_ranking"]
        assert [entry["name"] for entry in ranking].count("nlu_fallback") == 1
        assert rows[at]["intent"]["confidence"] == pytest.approx(1 - ranking[1]["confidence"])
        assert len(ranking) == 1 + len(SMALL_INTENTS)


@pytest.mark.parametrize(("line", "sentence"), [("{oops", "第 2 行不是 JSON"), ('{"txt": "a"}', "第 2 行没有文字")])
def test_a_bad_line_is_named(archive, line, sentence):
    run = parse(archive, f'{{"text": "你好"}}\n{line}\n')
    assert run.returncode == 2
    assert sentence in run.stderr
    assert "Traceback" not in run.stderr


def test_a_missing_model_says_what_to_do(tmp_path):
    run = parse(tmp_path / "none.tar.gz", "")
    assert run.returncode == 2
    assert "zhike train" in run.stderr


def test_tokens_stand_where_they_were_typed():
    from rasa.shared.nlu.training_data.message import Message

    from bot.components.normaliser import Normaliser
    from bot.components.tokenizer import ChineseTokenizer

    typed = "這 個 訂單１２３什麼時候發貨！！！😡"
    message = Message.build(text=typed)
    Normaliser().process([message])
    ChineseTokenizer(ChineseTokenizer.get_default_config()).process([message])
    tokens = message.get("text_tokens")
    assert message.get("text") == typed
    assert tokens[0].text == "这个" and typed[tokens[0].start : tokens[0].end] == "這 個"
    assert [typed[token.start : token.end] for token in tokens if token.text == "123"] == ["１２３"]
    assert tokens[-1].end == len(typed)
