"""What the shipped model reads in messages that nobody here wrote, scored as the evaluation kit scores."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bot.components.archive import open_archive


@pytest.fixture(scope="module")
def scores(shared: Path, trained_home: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    gold = shared / "eval" / "utterances_dev.jsonl"
    texts = [json.loads(line)["text"] for line in gold.read_text(encoding="utf-8").splitlines()]
    predicted = tmp_path_factory.mktemp("nlu") / "predicted.jsonl"
    with open_archive(trained_home / "models/current/rasa.tar.gz") as understanding:
        rows = understanding.parse(texts)
    predicted.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    scorer = [sys.executable, str(shared / "eval" / "score_nlu.py"), str(gold), str(predicted), "--json"]
    done = subprocess.run(scorer, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_nineteen_of_twenty_intents_are_right(scores):
    assert scores["intent"]["all"]["accuracy"] >= 0.96


def test_entities_and_moods_are_right(scores):
    assert scores["entities"]["span"]["all"]["f1"] >= 0.95
    assert scores["sentiment"]["balanced_accuracy"] >= 0.95
