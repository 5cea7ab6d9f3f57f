"""The shop language that no catalogue holds (``bot/lexicon``): kinds, brands, colours, people, occasions."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[2] / "lexicon"


def _read(name: str) -> dict[str, Any]:
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def kinds() -> dict[str, dict[str, list[str]]]:
    """Kind → ``also``: other names; ``not_before``, ``not_after``: what behind or before it makes another thing."""
    return _read("kinds.json")


@lru_cache(maxsize=1)
def brands() -> dict[str, dict[str, list[str]]]:
    """Brand → ``also``, ``not_before``, ``not_after`` as for kinds; ``lines``: sub-brands that count as the brand."""
    return _read("brands.json")


@lru_cache(maxsize=1)
def words() -> dict[str, Any]:
    """Lists by name: colours, recipients, occasions, payments, descriptors of goods, letters of model names …"""
    return _read("words.json")
