"""Everything that a file of labelled messages tells about language understanding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.evaluation.entities import EntityReport, entity_report
from bot.evaluation.examples import Example
from bot.evaluation.intents import (
    DeniedReport,
    IntentReport,
    OutsideReport,
    denied_report,
    intent_report,
    outside_report,
)
from bot.evaluation.moods import MoodReport, mood_report


@dataclass(frozen=True)
class NluReport:
    """Each part is None when the file has no such label."""

    intents: IntentReport | None
    entities: EntityReport | None
    moods: MoodReport | None
    denied: DeniedReport | None
    outside: OutsideReport | None


def nlu_report(examples: Sequence[Example], parsed: Sequence[Mapping[str, Any]]) -> NluReport:
    """examples, parsed: one a message, in the same order; `parsed` as `zhike parse` prints it."""
    cases = list(zip(examples, parsed, strict=True))
    felt = [(example, one) for example, one in cases if example.mood is not None]
    return NluReport(
        intents=intent_report(cases),
        entities=entity_report(cases),
        moods=mood_report(
            [example.text for example, _ in felt],
            [str(example.mood) for example, _ in felt],
            [one for _, one in felt],
        ),
        denied=denied_report(cases),
        outside=outside_report(cases),
    )
