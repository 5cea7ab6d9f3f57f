"""Questions about a public catalogue of 3,497 cosmetics: brand, kind, product and budget are those that are meant.

`measured_cosmetics.jsonl`, one question a line, says what is right: `brand`; `category`: any of these names of a kind;
`product`: words that stand in the title of the product linked, any of these lists of words; `product_needed` false: the
kind alone will do; `budget`; `exclude`: a brand that is not wanted. Where a product is linked, the words of its brand
and kind may be part of its name. `set`: the questions the matchers were worked on with (`first`, then `second`), and
those nobody looked at until that was done (`check`).
"""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from bot.components.matching.matcher import Matcher
from bot.components.text import normalise
from tests.conftest import SHARED
from tests.entities.shop import TODAY, Goods, Snapshot, snapshot

QUESTIONS = Path(__file__).with_name("measured_cosmetics.jsonl")
CATALOGUE = SHARED / "data" / "tmall_cosmetics" / "cosmetic.csv.gz"
RIGHT_SHARE = 0.95


def product_rows(file: Path) -> list[dict[str, str]]:
    """One row a product, as `zhike import products` takes it, with its newest title; the brand is its shop's."""
    newest: dict[str, tuple[tuple[int, ...], dict[str, str]]] = {}
    with gzip.open(file, "rt", encoding="utf-8-sig", newline="") as lines:
        for row in csv.DictReader(lines):
            day = tuple(map(int, row["update_time"].split("/")))
            if row["id"] not in newest or day >= newest[row["id"]][0]:
                newest[row["id"]] = day, row
    return [
        {"product_id": row["id"], "title": row["title"], "price": row["price"], "brand": row["店名"]}
        for _, row in newest.values()
    ]


@pytest.fixture(scope="module")
def catalogue() -> Snapshot:
    if not CATALOGUE.is_file():
        pytest.skip(f"no catalogue of cosmetics at {CATALOGUE}: nothing to link to")
    return snapshot({row["product_id"]: Goods(row["title"], row["brand"], ()) for row in product_rows(CATALOGUE)})


@pytest.fixture(scope="module")
def matcher(catalogue: Snapshot) -> Matcher:
    return Matcher.for_catalogue(catalogue)


def faults(question: dict[str, Any], matcher: Matcher, catalogue: Snapshot) -> list[str]:
    """What is linked wrongly, in words; empty when all is right."""
    text = normalise(question["text"]).text
    found: dict[str, list[Any]] = {}
    for span in matcher.match(text, TODAY):
        found.setdefault(span.entity if span.role is None else span.role, []).append(span.value)
    linked = [catalogue.products[i] for i in found.get("product", [])]
    wrong = []
    named = set(found.get("brand", ())) | {goods.brand for goods in linked}
    if named != {question["brand"]}:
        wrong.append(f"brand {named or None}, meant {question['brand']}")
    kinds = set(found.get("category", ()))
    meant = set(question.get("category", ()))
    if not kinds <= meant or (meant and not kinds and not linked):
        wrong.append(f"kind {kinds or None}, meant {meant or None}")
    wanted = question.get("product", [])
    for goods in linked:
        if not any(all(word.lower() in goods.title.lower() for word in words) for words in wanted):
            wrong.append(f"product {goods.title}, meant {wanted or None}")
    if wanted and not linked and question.get("product_needed", True):
        wrong.append(f"no product, meant {wanted}")
    budget = found.get("budget", [None])[0]
    if budget != question.get("budget"):
        wrong.append(f"budget {budget}, meant {question.get('budget')}")
    if found.get("exclude", []) != ([question["exclude"]] if "exclude" in question else []):
        wrong.append(f"not wanted {found.get('exclude')}, meant {question.get('exclude')}")
    return wrong


@pytest.mark.parametrize("part", ["first", "second", "check"])
def test_goods_of_a_catalogue_never_seen_are_linked(part: str, matcher: Matcher, catalogue: Snapshot) -> None:
    questions = [q for line in QUESTIONS.read_text("utf-8").splitlines() if (q := json.loads(line))["set"] == part]
    missed = {q["text"]: wrong for q in questions if (wrong := faults(q, matcher, catalogue))}
    right = 1 - len(missed) / len(questions)
    assert right >= RIGHT_SHARE, f"{right:.1%} of {len(questions)}: " + "; ".join(map(str, missed.items()))
