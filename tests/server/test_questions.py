"""`zhike questions`: what the merchant sees of what nobody could answer."""

from __future__ import annotations

import json
from pathlib import Path

from bot.settings import load
from store import Store
from tests.homes import zhike


def test_what_most_customers_asked_comes_first(tmp_path: Path):
    settings = load({"ZHIKE_HOME": str(tmp_path)})
    with Store.open(settings.url, busy_timeout_ms=settings.busy_ms) as store:
        for text, customer in (
            ("能刻字吗", "C1"),
            ("门店几点关门", "C1"),
            ("门店几点关门？", "C2"),
            ("能刻字吗", "C1"),
        ):
            store.cases.unanswered(text, customer)
    told = zhike("questions", home=tmp_path)
    assert told.returncode == 0 and "2 位顾客问过" in told.stdout.splitlines()[1], told.stderr
    found = json.loads(zhike("questions", "--json", home=tmp_path).stdout)
    assert [(one["customers"], one["times"]) for one in found] == [(2, 2), (1, 2)]
    assert found[0]["examples"][0].startswith("门店几点关门") and found[0]["nearest"] is None


def test_when_everything_was_answered(tmp_path: Path):
    settings = load({"ZHIKE_HOME": str(tmp_path)})
    with Store.open(settings.url, busy_timeout_ms=settings.busy_ms):
        pass
    assert "没有答不上来的问题" in zhike("questions", home=tmp_path).stdout
