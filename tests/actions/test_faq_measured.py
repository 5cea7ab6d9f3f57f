"""The demo shop's FAQ with both encoders, on questions put in words that it does not have: `faq_measured.jsonl`.

Each line is a question and the question of the entry that answers it, or 无: near the shop's matters or far from them,
nothing written answers it. A question not answered is offered the likeliest entries, so a right one among those counts.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.components.encoders import faq_encoders
from bot.evaluation.faq import FaqReport, faq_report, questions
from bot.evaluation.faq_entries import entries_of
from bot.evaluation.labelled import read_rows

ENTRIES = Path(__file__).resolve().parents[2] / "data" / "shop" / "texts" / "faq.csv"
MEASURED = Path(__file__).with_name("faq_measured.jsonl")


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> FaqReport:
    from actions.faq import best_index

    entries = entries_of(ENTRIES)
    asked = questions(read_rows(MEASURED), entries)
    return faq_report(asked, [{}] * len(asked), best_index(entries, faq_encoders(tmp_path_factory.mktemp("faq"))))


def test_the_right_entry_is_answered_or_among_those_offered(report: FaqReport) -> None:
    assert report.top3.value >= 0.9, f"the answer is neither said nor offered: {report.misses}"
    assert report.top1.value >= 0.65


def test_hardly_anything_is_answered_wrongly_in_the_shops_name(report: FaqReport) -> None:
    assert report.wrong.value <= 0.05, f"wrong entries were told: {[m for m in report.misses if m.said]}"


def test_of_what_no_entry_answers_one_in_twenty_is_answered_at_most(report: FaqReport) -> None:
    answered = [(m.text, m.said) for m in report.misses if m.wanted == "无" and m.said]
    assert report.strangers_silent.value >= 0.95, f"answered though nothing is written: {answered}"


def test_the_confidence_rests_on_questions_of_the_shop_and_on_strangers(report: FaqReport) -> None:
    assert sum(band.right + band.wrong for band in report.calibration) > 500
    surest = report.calibration[-1]
    assert surest.right > 10 * (surest.wrong + surest.strangers), "who is surest is nearly always right"
