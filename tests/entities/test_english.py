"""Plain English in a Chinese shop: budgets, places, colours, people and kinds become the words that the shop uses."""

from __future__ import annotations

from datetime import date

import pytest

from bot.components.matching.kinds_brands import NameFinder
from bot.components.matching.matcher import Matcher
from bot.components.matching.products import ProductFinder

NAMES = NameFinder(["耳机", "蓝牙耳机", "充电宝", "保温杯"], ["小米"], only_lexicon=False)
MATCHER = Matcher(NAMES, ProductFinder({}, NAMES), (), 0)


def read(text: str) -> list[tuple]:
    return [(s.entity, s.value) for s in MATCHER.match(text, date(2026, 11, 25))]


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("earphones under 200", None, 200),
        ("less than ¥1,500 please", None, 1500),
        ("at least 50 yuan", 50, None),
        ("between 100 and 300 rmb", 100, 300),
        ("my budget is 99.5", None, 99.5),
    ],
)
def test_a_budget(text, low, high):
    assert ("budget", {"min": low, "max": high}) in read(text)


@pytest.mark.parametrize("text", ["within 3 days", "under 20% humidity", "I paid for the first time", "wait a second"])
def test_what_is_neither_a_budget_nor_a_place(text):
    assert not [e for e, _ in read(text) if e in ("budget", "ordinal")]


def test_kinds_colours_places_and_people_have_the_shops_values():
    assert ("category", "耳机") in read("any earphones?") and ("category", "充电宝") in read("a power bank")
    assert ("category", "蓝牙耳机") in read("wireless earbuds")
    assert ("colour", "黑色") in read("in black") and ("recipient", "爸爸") in read("a gift for my father")
    assert [v for e, v in read("compare the first and the third one") if e == "ordinal"] == [1, 3]
    assert ("ordinal", -1) in read("the last one")
