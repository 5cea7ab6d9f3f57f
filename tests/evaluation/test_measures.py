"""Figures with known answers."""

from __future__ import annotations

import pytest

from actions.faq_match import Match, Sureness
from bot.evaluation.entities import entity_report
from bot.evaluation.examples import Example
from bot.evaluation.faq import faq_report, questions
from bot.evaluation.intents import denied_report, intent_report, outside_report
from bot.evaluation.labelled import BadFile, Row
from bot.evaluation.measures import Confusion, calibration, confusions, matrix, scores, share
from bot.evaluation.moods import mood_report, review_report


def message(text: str = "话", intent: str | None = None, **labels) -> Example:
    given = {"entities": None, "mood": None, "group": None, "must_not": frozenset(), "ok": frozenset(), **labels}
    return Example(text=text, intent=intent, **given)


def reading(name: str, confidence: float = 1.0, *others: tuple[str, float], **rest) -> dict:
    ranking = [{"name": one, "confidence": sure} for one, sure in ((name, confidence), *others)]
    return {"intent": ranking[0], "intent_ranking": ranking, **rest}


# --- shares ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("part", "n", "low", "high"),
    [(8, 10, 0.4902, 0.9433), (0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (50, 100, 0.4038, 0.5962)],
)
def test_the_wilson_interval(part, n, low, high):
    found = share(part, n)
    assert (found.value, found.low, found.high) == (
        part / n,
        pytest.approx(low, abs=1e-4),
        pytest.approx(high, abs=1e-4),
    )


def test_a_share_of_nothing_has_no_value():
    assert share(0, 0).value is None


# --- calibration ----------------------------------------------------------------------------------------


def test_calibration_is_the_mean_gap_between_confidence_and_accuracy():
    # (0.8, 0.9]: 2 at 0.85, one right, gap 0.35. (0.2, 0.3]: 2 at 0.25, none right, gap 0.25. Each weighs a half.
    found = calibration([0.85, 0.85, 0.25, 0.25], [True, False, False, False], bins=10)
    assert found.ece == pytest.approx(0.30)
    assert [(round(one.low, 1), one.n, one.accuracy) for one in found.bins if one.n] == [(0.2, 2, 0.0), (0.8, 2, 0.5)]


def test_bins_hold_their_upper_edge_and_the_first_one_zero():
    found = calibration([0.0, 0.5, 1.0], [False, True, True], bins=2)
    assert [one.n for one in found.bins] == [2, 1]


def test_sure_and_right_is_perfectly_calibrated():
    assert calibration([1.0] * 5, [True] * 5).ece == 0
    assert len(calibration([1.0], [True]).bins) == 15


# --- intents --------------------------------------------------------------------------------------------


def test_scores_and_confusions_of_a_small_table():
    gold, read = ["a", "a", "a", "b", "b", "c"], ["a", "b", "b", "b", "a", "c"]
    assert confusions(gold, read, list("123456")) == [Confusion("a", "b", 2, "2"), Confusion("b", "a", 1, "5")]
    first = scores(gold, read, ["a"])[0]
    assert (first.precision, first.recall, first.f1, first.support) == (
        0.5,
        pytest.approx(1 / 3),
        pytest.approx(0.4),
        3,
    )
    assert matrix(gold, read).counts == [[1, 2, 0], [1, 1, 0], [0, 0, 1]]


def test_intents_are_counted_by_level_and_a_fallback_is_right_only_where_nothing_fits():
    found = intent_report(
        [
            (message("退货", "request_return", group="easy"), reading("request_return", 0.9)),
            (message("退", "request_return", group="hard"), reading("nlu_fallback", 0.7, ("request_return", 0.3))),
            (message("写首诗", "out_of_scope", group="hard"), reading("nlu_fallback", 0.6, ("chitchat", 0.4))),
        ]
    )
    assert (found.accuracy.part, found.fallback.part) == (2, 2)
    assert {group: (one.part, one.n) for group, one in found.groups.items()} == {"easy": (1, 1), "hard": (1, 2)}
    assert [(one.gold, one.read) for one in found.confusions] == [("request_return", "nlu_fallback")]


def test_calibration_looks_at_the_guess_behind_a_fallback():
    found = intent_report([(message("退", "request_return"), reading("nlu_fallback", 0.7, ("request_return", 0.3)))])
    assert found.calibration.ece == pytest.approx(0.7)  # 0.3 sure, and right


def test_a_sub_intent_counts_as_its_head():
    found = intent_report([(message("运费", "ask_shipping"), reading("ask_shipping/fee"))])
    assert found.accuracy.value == 1


def test_wishes_denied_are_acted_on_or_read_right():
    denied = message("别取消", must_not=frozenset({"cancel_order"}), ok=frozenset({"deny", "nlu_fallback"}))
    found = denied_report([(denied, reading(name)) for name in ("cancel_order", "deny", "nlu_fallback", "greet")])
    assert (found.acted_on.part, found.right.part, found.acted_on.n) == (1, 2, 4)


def test_what_no_shop_does_is_acted_on_unless_the_bot_only_talks():
    names = ("nlu_fallback", "out_of_scope", "chitchat", "clarify", "cancel_order", "affirm")
    found = outside_report([(message(name, group="noise"), reading(name)) for name in names])
    assert (found.acted_on.part, found.acted_on.n) == (2, 6)
    assert {one.read for one in found.mistakes} == {"cancel_order", "affirm"}


# --- entities -------------------------------------------------------------------------------------------


def entity(kind: str, start: int, end: int, value=None, role: str | None = None) -> dict:
    return {"entity": kind, "start": start, "end": end, "value": value, **({"role": role} if role else {})}


def test_entities_by_span_and_type():
    gold = (entity("brand", 0, 2), entity("category", 2, 4), entity("category", 6, 8))
    read = [entity("brand", 0, 2), entity("category", 2, 5), entity("category", 6, 8), entity("date", 9, 11)]
    found = entity_report([(message(entities=gold), {"entities": read})])
    assert [one.name for one in found.span] == ["all", "brand", "category"]  # the file labels no date
    every, brand, category = found.span
    assert (every.precision, every.recall, every.support) == (pytest.approx(2 / 3), pytest.approx(2 / 3), 3)
    assert (brand.f1, category.f1) == (1, 0.5)


def test_an_excluded_brand_is_not_the_same_as_a_wanted_one():
    found = entity_report(
        [(message(entities=(entity("brand", 0, 2, role="exclude"),)), {"entities": [entity("brand", 0, 2)]})]
    )
    assert found.span[0].f1 == 0


def test_values_are_compared_wherever_they_stand():
    gold = (entity("budget", 0, 5, {"min": None, "max": 200}), entity("tracking_no", 6, 9, "sf123"))
    read = [entity("budget", 0, 4, {"min": None, "max": 200.0}), entity("tracking_no", 7, 9, "SF123")]
    found = entity_report([(message(entities=gold), {"entities": read})])
    assert (found.span[0].f1, found.value[0].f1) == (0, 1)


# --- moods ----------------------------------------------------------------------------------------------


def test_the_balanced_accuracy_is_the_mean_of_the_recalls():
    gold = ["neutral"] * 8 + ["negative"] * 2
    read = [{"sentiment": {"label": label}} for label in ["neutral"] * 8 + ["negative", "neutral"]]
    found = mood_report(["话"] * 10, gold, read)
    assert (found.accuracy.value, found.balanced_accuracy) == (0.9, 0.75)
    assert found.matrix.counts == [[1, 1, 0], [0, 8, 0], [0, 0, 0]]


def test_reviews_go_by_the_sign_of_the_score():
    found = review_report(["甲", "乙", "丙", "丁"], ["1", "1", "0", "0"], (0.8, -0.1, -0.9, 0.0), [])
    assert (found.accuracy.value, found.roc_auc, found.undecided.part) == (0.75, 0.75, 1)


def test_reviews_learned_from_are_left_out_of_a_figure_of_their_own():
    found = review_report(["好 用", "真差", "很好"], ["1", "0", "1"], (0.8, 0.1, 0.9), ["好用", "别的"])
    assert (found.unseen.part, found.unseen.n) == (1, 2)


def test_one_kind_of_review_has_no_roc_auc():
    assert review_report(["好"], ["1"], [0.5], []).roc_auc is None


# --- the shop's answers ---------------------------------------------------------------------------------


class Entry:
    def __init__(self, entry_id: str, question: str, answer: str) -> None:
        self.entry_id, self.question, self.answer = entry_id, question, answer


class Ranked:
    """Stands in for the index: a fixed ranking for each question."""

    def __init__(self, entries: list[Entry], rankings: dict[str, list[tuple[int, float]]]) -> None:
        self.entries, self._rankings = entries, rankings

    def ranked(self, text: str, intent: str | None = None):
        return [Match(self.entries[place], score, sureness) for place, score, sureness in self._rankings[text]]


ENTRIES = [Entry("a", "运费", "包邮"), Entry("b", "发货", "两天"), Entry("c", "快递费", "包 邮")]


def asked(**cells) -> Row:
    from pathlib import Path

    return Row(Path("faq.jsonl"), 1, cells)


def test_answers_found_said_wrongly_and_not_said():
    rows = [asked(question=text, entry=entry) for text, entry in zip("一二三四五六", "abba无无", strict=True)]
    index = Ranked(
        ENTRIES,
        {
            "一": [(0, 0.9, Sureness.ANSWER)],
            "二": [(0, 0.8, Sureness.ANSWER), (1, 0.1, Sureness.SILENT)],
            "三": [(1, 0.2, Sureness.SILENT)],
            "四": [(0, 0.7, Sureness.NEAR)],
            "五": [(1, 0.9, Sureness.ANSWER)],
            "六": [(1, 0.3, Sureness.SILENT)],
        },
    )
    found = faq_report(questions(rows, ENTRIES), [reading("ask_shipping")] * 6, index)
    assert (found.top1.part, found.top3.part, found.mrr) == (3, 4, pytest.approx(3.5 / 4))
    assert (found.right.part, found.wrong.part, found.silent.part, found.near.part) == (2, 1, 1, 1)
    assert (found.strangers_silent.part, found.strangers_silent.n) == (1, 2)
    assert [(miss.text, miss.said) for miss in found.misses] == [("二", "运费"), ("三", None), ("五", "发货")]


def test_an_answer_names_every_entry_that_gives_it():
    assert questions([asked(question="运费", answer="包邮")], ENTRIES)[0].entries == {"a", "c"}


@pytest.mark.parametrize("label", [{}, {"entry": "z"}, {"answer": "没有这条"}])
def test_a_question_without_an_entry_of_the_shop_is_refused(label):
    with pytest.raises(BadFile, match="第 1 行"):
        questions([asked(question="运费", **label)], ENTRIES)
