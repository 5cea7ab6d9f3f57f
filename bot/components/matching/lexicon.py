"""The shop language that does not come from a catalogue: kinds, brands, colours, people, occasions (``bot/lexicon``)."""

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
    """Kind → ``also``: other names; ``not_before`` / ``not_after``: what, right behind / before it, makes it something else."""
    return _read("kinds.json")


@lru_cache(maxsize=1)
def brands() -> dict[str, dict[str, list[str]]]:
    """Brand → ``also``, ``not_before``, ``not_after`` as for kinds; ``lines``: sub-brands that count as the brand."""
    return _read("brands.json")


@lru_cache(maxsize=1)
def words() -> dict[str, Any]:
    """``colours``, ``recipients``, ``occasions``, ``seasonal``, ``payments``, ``descriptors``."""
    return _read("words.json")
