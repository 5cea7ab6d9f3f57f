"""Needs that don't name a kind of goods: 她喜欢喝茶 means tea. The table is the operators' to edit (needs.csv)."""

from __future__ import annotations

import csv
import functools
import re
from collections.abc import Collection
from pathlib import Path

_TABLE = Path(__file__).with_name("needs.csv")


@functools.cache
def _table() -> tuple[tuple[re.Pattern[str], str], ...]:
    """(words, kind) by line; words are a regular expression."""
    with _TABLE.open(encoding="utf-8", newline="") as file:
        return tuple((re.compile(row["words"]), row["kind"]) for row in csv.DictReader(file))


def needed_kinds(text: str, sold: Collection[str]) -> list[str]:
    """Kinds that meet the need told in a message, of those that the shop sells; empty when it tells none."""
    return [kind for words, kind in _table() if kind in sold and words.search(text)]
