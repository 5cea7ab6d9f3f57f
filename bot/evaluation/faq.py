"""The shop's own answers: whether the entry that answers a question is found, and what is said in its place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from actions.faq_answers import matter
from actions.faq_hybrid import HybridIndex
from actions.faq_match import Index, Match, Sureness
from actions.faq_model import Band
from bot.evaluation.labelled import Row
from bot.evaluation.measures import Share, share

#: What a row says in place of an entry, when no entry answers its question.
NOTHING = "无"


@dataclass(frozen=True)
class Question:
    """A question and the ids of the entries that answer it: several when they have the same answer, none when nothing
    written answers it.
    """

    text: str
    entries: frozenset[str]


@dataclass(frozen=True)
class Miss:
    """A question not answered rightly: a question of the right entry, and of the one said (None: nothing), with its
    score in [0, 1].
    """

    text: str
    wanted: str
    said: str | None
    score: float


@dataclass(frozen=True)
class FaqReport:
    """Of the questions that an entry answers: `top1`, `top3`: the right entry is among the first, whether or not it is
    said. `mrr`: mean of 1/rank, 0 when it is not ranked. `right`, `wrong` and `silent` are what the customer sees and
    add up; `near` is the share said only as "the nearest rule". `strangers_silent`: of the questions that nothing
    answers, those not answered. `calibration`: what the index's own thresholds rest on, empty for the plain index.
    """

    top1: Share
    top3: Share
    mrr: float
    right: Share
    wrong: Share
    silent: Share
    near: Share
    strangers_silent: Share
    misses: list[Miss]
    calibration: list[Band]


def questions(rows: Sequence[Row], entries: Iterable[Any]) -> list[Question]:
    """`entries`: the shop's FaqEntry. Raises BadFile: no question, or an entry or answer that is not the shop's."""
    by_name, by_answer = {NOTHING: frozenset()}, {}
    for entry in entries:
        by_name[entry.question] = by_name[str(entry.entry_id)] = frozenset({str(entry.entry_id)})
        by_answer.setdefault(_plain(entry.answer), set()).add(str(entry.entry_id))
    found = []
    for row in rows:
        text = row.text("question")
        if row.cells.get("entry") is not None:
            named = str(row.cells["entry"])
            if named not in by_name:
                raise row.bad(
                    f"店里没有编号或问题是“{named}”的问答", "先导入问答：zhike import faq 文件；或改写 answer"
                )
            found.append(Question(text, by_name[named]))
        elif row.cells.get("answer") is not None:
            same = by_answer.get(_plain(row.text("answer")))
            if same is None:
                raise row.bad(
                    "店里的问答没有这条答案", "answer 要和店里的一字不差；问答没导入就先 zhike import faq 文件"
                )
            found.append(Question(text, frozenset(same)))
        else:
            raise row.bad("缺少 entry（问答编号、问题原文，或“无”）或 answer（答案原文）")
    return found


def faq_report(asked: Sequence[Question], parsed: Sequence[Mapping[str, Any]], index: Index) -> FaqReport:
    """asked, parsed: one a question, at least one; the intent read is the finder's prior, as in a conversation."""
    titles = {str(entry.entry_id): entry.question for entry in index.entries}
    ranks: list[int | None] = []
    near = silent = right = strangers = unsaid = 0
    misses = []
    for question, one in zip(asked, parsed, strict=True):
        intent = (one.get("intent") or {}).get("name", "")
        ranked = index.ranked(question.text, matter(question.text, intent))
        first: Match | None = ranked[0] if ranked else None
        said = first is not None and first.sureness > Sureness.SILENT
        told, score = (first.entry.question if said else None), (first.score if first else 0.0)
        if not question.entries:
            strangers += 1
            unsaid += not said
            if said:
                misses.append(Miss(question.text, NOTHING, told, score))
            continue
        rank = next((n for n, match in enumerate(ranked, 1) if str(match.entry.entry_id) in question.entries), None)
        ranks.append(rank)
        near += first is not None and first.sureness is Sureness.NEAR
        silent += not said
        right += said and rank == 1
        if not (said and rank == 1):
            misses.append(Miss(question.text, titles[min(question.entries)], told, score))
    n = len(ranks)
    return FaqReport(
        top1=share(sum(rank == 1 for rank in ranks), n),
        top3=share(sum(rank is not None and rank <= 3 for rank in ranks), n),
        mrr=float(np.mean([1 / rank if rank else 0.0 for rank in ranks])) if n else 0.0,
        right=share(right, n),
        wrong=share(n - right - silent, n),
        silent=share(silent, n),
        near=share(near, n),
        strangers_silent=share(unsaid, strangers),
        misses=misses,
        calibration=list(index.model.stages[-1].calibration.table) if isinstance(index, HybridIndex) else [],
    )


def _plain(answer: str) -> str:
    return "".join(answer.split())
