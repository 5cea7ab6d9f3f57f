"""How a meaning is put to somebody who was not understood. Operators edit readings.csv; what it lacks isn't offered."""

from __future__ import annotations

import csv
import functools
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from actions.turn import Turn

TABLE = Path(__file__).with_name("readings.csv")
# The menu when no reading is likely: what customers want most.
MENU = ("track_order", "request_return", "request_recommendation", "ask_invoice")


@functools.cache
def readings() -> dict[str, tuple[str, str]]:
    """intent → (title of the button, the wish in a sentence: 您是想「…」)."""
    with TABLE.open(encoding="utf-8-sig", newline="") as file:
        return {row["intent"].strip(): (row["title"].strip(), row["said"].strip()) for row in csv.DictReader(file)}


def said(intent: str) -> str:
    """查物流 for track_order; empty when it has no words."""
    return readings().get(intent, ("", ""))[1]


def reading_buttons(turn: Turn, intents: Iterable[str], most: int = 2) -> list[dict[str, str]]:
    known = [intent for intent in dict.fromkeys(intents) if intent in readings()]
    return [turn.button(readings()[intent][0], intent) for intent in known[:most]]


def menu_buttons(turn: Turn) -> list[dict[str, str]]:
    return reading_buttons(turn, MENU, len(MENU))
