"""Moods of messages in three classes, and whether reviews are for or against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sklearn.metrics import recall_score, roc_auc_score

from bot.evaluation.examples import MOODS, mood_of
from bot.evaluation.labelled import BadFile, Row, column
from bot.evaluation.measures import Confusion, Matrix, Scores, Share, confusions, matrix, scores, share

TEXT = ("text", "review", "reviewbody", "content", "评论", "评价", "内容", "文本")
LABEL = ("sentiment", "label", "polarity", "标签", "情感", "情绪")
AGAINST, FOR = "0", "1"

Parsed = Mapping[str, Any]


@dataclass(frozen=True)
class MoodReport:
    """`balanced_accuracy`: the mean of the recalls of the moods that are labelled."""

    accuracy: Share
    balanced_accuracy: float
    table: list[Scores]
    confusions: list[Confusion]
    matrix: Matrix


@dataclass(frozen=True)
class ReviewReport:
    """The sign of the score against 0 and 1; a score of 0 counts as against and is told in `undecided`.

    `unseen`: accuracy on the reviews that are not, blanks aside, among those learned from. `roc_auc` is None when all
    reviews have the same label.
    """

    accuracy: Share
    unseen: Share
    roc_auc: float | None
    undecided: Share
    table: list[Scores]
    matrix: Matrix


def labelled_moods(rows: Sequence[Row]) -> tuple[list[str], list[str]]:
    """(texts, labels) of the rows that have a label: moods, or all "0" and "1". Raises BadFile."""
    text, label = column(rows, TEXT, "文字"), column(rows, LABEL, "标签")
    path, rows = rows[0].path, [row for row in rows if row.cells[label] is not None]
    if not rows:
        raise BadFile(path, f"{label} 全是空的")
    texts = [row.text(text) for row in rows]
    if any(str(row.cells[label]) in (AGAINST, FOR) for row in rows):
        return texts, [_side(row, label) for row in rows]
    return texts, [str(mood_of(row, label)) for row in rows]


def mood_report(texts: Sequence[str], gold: Sequence[str], parsed: Sequence[Parsed]) -> MoodReport | None:
    """texts, gold, parsed: one a message. None when there is no message."""
    if not gold:
        return None
    read = [(one.get("sentiment") or {}).get("label", "-") for one in parsed]
    labelled = [mood for mood in MOODS if mood in set(gold)]
    return MoodReport(
        accuracy=share(sum(wanted == said for wanted, said in zip(gold, read, strict=True)), len(read)),
        balanced_accuracy=float(recall_score(gold, read, labels=labelled, average="macro", zero_division=0)),
        table=scores(gold, read, labelled),
        confusions=confusions(gold, read, texts),
        matrix=matrix(gold, read, MOODS),
    )


def review_report(
    texts: Sequence[str], gold: Sequence[str], scores_: Sequence[float], learned: Sequence[str]
) -> ReviewReport:
    """texts, gold ("0" against or "1" for), scores_: one a review, at least one. learned: the texts of the training."""
    read = [FOR if score > 0 else AGAINST for score in scores_]
    right = [wanted == said for wanted, said in zip(gold, read, strict=True)]
    known = {_without_blanks(text) for text in learned}
    unseen = [hit for text, hit in zip(texts, right, strict=True) if _without_blanks(text) not in known]
    return ReviewReport(
        accuracy=share(sum(right), len(right)),
        unseen=share(sum(unseen), len(unseen)),
        roc_auc=float(roc_auc_score([one == FOR for one in gold], scores_)) if len(set(gold)) == 2 else None,
        undecided=share(sum(score == 0 for score in scores_), len(read)),
        table=scores(gold, read, (AGAINST, FOR)),
        matrix=matrix(gold, read, (AGAINST, FOR)),
    )


def _without_blanks(text: str) -> str:
    return "".join(text.split())


def _side(row: Row, label: str) -> str:
    value = str(row.cells[label]).strip()
    if value not in (AGAINST, FOR):
        raise row.bad(f"{label} 要写 0（差评）或 1（好评），不能是“{value}”")
    return value
