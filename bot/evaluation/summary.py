"""A report on the terminal, in Chinese."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from functools import singledispatch
from typing import Any

from rich.console import Console
from rich.table import Table

from bot.evaluation.entities import EntityReport
from bot.evaluation.faq import FaqReport
from bot.evaluation.intents import DeniedReport, IntentReport, OutsideReport
from bot.evaluation.measures import Calibration, Confusion, Scores, Share
from bot.evaluation.moods import MoodReport, ReviewReport
from bot.evaluation.nlu import NluReport
from bot.evaluation.suggestions import SuggestionReport
from bot.evaluation.wording import TITLES, counted, interval, name, number, percent

#: Rows of a table of mistakes; the page and the JSON have all.
SHOWN = 10
_WIDTH = 120  # columns, where there is no terminal


def tell(about: Mapping[str, Any], report: Any) -> None:
    """Prints the report to standard output. about: kind, file, n, model."""
    print(f"{TITLES[about['kind']]}评测：{about['file']}，{about['n']} 条，模型 {about['model']}")
    _tell(report)


@singledispatch
def _tell(report: Any) -> None:
    raise TypeError(f"no summary for {type(report).__name__}")


@_tell.register
def _(report: NluReport) -> None:
    for part in (report.intents, report.entities, report.moods, report.denied, report.outside):
        if part is not None:
            _tell(part)


@_tell.register
def _(report: IntentReport) -> None:
    print(f"\n意图\n  准确率 {counted(report.accuracy)}，宏平均 F1 {report.macro_f1:.3f}")
    _tell_groups(report.groups)
    print(f"  没听懂（反问） {counted(report.fallback)}")
    _tell_scores("每个意图", report.table)
    _tell_confusions("最常混淆的", report.confusions)
    _tell_calibration(report.calibration)


@_tell.register
def _(report: EntityReport) -> None:
    print("\n实体")
    _tell_scores("位置和类型都对", report.span)
    if report.value:
        _tell_scores("类型和值都对（不看位置）", report.value)


@_tell.register
def _(report: MoodReport) -> None:
    print(f"\n情绪\n  准确率 {counted(report.accuracy)}，各类召回的均值 {percent(report.balanced_accuracy)}")
    _tell_scores("每类", report.table)
    _print(
        "标的是（行）读成（列）",
        ["", *map(name, report.matrix.names)],
        ([name(gold), *map(str, row)] for gold, row in zip(report.matrix.names, report.matrix.counts, strict=True)),
    )


@_tell.register
def _(report: ReviewReport) -> None:
    area = "–（只有一种标签）" if report.roc_auc is None else f"{report.roc_auc:.3f}"
    print(f"\n褒贬\n  准确率 {counted(report.accuracy)}，ROC AUC {area}")
    print(f"  训练数据里没有的评论 {counted(report.unseen)}")
    print(f"  得分正好是 0、看不出褒贬的 {counted(report.undecided)}")
    _tell_scores("每类", report.table)


@_tell.register
def _(report: DeniedReport) -> None:
    print(f"\n否定的愿望\n  误办 {counted(report.acted_on)}\n  读对 {counted(report.right)}")
    _tell_confusions("误办的", report.mistakes)


@_tell.register
def _(report: OutsideReport) -> None:
    print(f"\n不归店里管的话\n  误办 {counted(report.acted_on)}")
    _tell_groups(report.groups)
    _tell_confusions("误办的", report.mistakes)


@_tell.register
def _(report: FaqReport) -> None:
    print(f"\n找问答\n  第一条就对 {counted(report.top1)}\n  前三条里有 {counted(report.top3)}\n  MRR {report.mrr:.3f}")
    print(f"\n顾客看到的\n  答对 {counted(report.right)}\n  答错 {counted(report.wrong)}")
    print(f"  没有答 {counted(report.silent)}\n  只当作“最接近的规定”说的 {counted(report.near)}")
    print(f"  没有哪条能答、也确实没有答 {counted(report.strangers_silent)}")
    _print(
        "把握从哪来（店里自己的问法轮流拿掉：只拿掉问法，和连同问答一起拿掉）",
        ["把握", "找对", "找错", "没有问答可答"],
        ([f"{one.low:.2f} 起", str(one.right), str(one.wrong), str(one.strangers)] for one in report.calibration),
    )
    _print(
        "没答对的",
        ["问", "应该是", "说的是", "得分"],
        ([miss.text, miss.wanted, miss.said or "（没有答）", f"{miss.score:.2f}"] for miss in report.misses[:SHOWN]),
    )


@_tell.register
def _(report: SuggestionReport) -> None:
    print(
        f"\n{report.customers} 位顾客、{report.products} 件商品、{report.learnt} 条记录；每位猜 {report.length} 件，"
        "括号里是 95 % 区间"
    )
    _print(
        "上一件新买的商品，猜得到吗",
        ["", "猜中", "NDCG", "比热门榜多（NDCG）", "MRR", "秒"],
        (
            [
                name(one.name),
                interval(one.accuracy.hit_rate),
                interval(one.accuracy.ndcg),
                interval(one.gain, "+"),
                interval(one.accuracy.mrr),
                f"{one.seconds:.2f}",
            ]
            for one in report.models
        ),
    )
    _print(
        "推得有多宽",
        ["", "商品覆盖", "新颖度，比特", "热门程度（顾客自己买的为 1）"],
        (
            [
                name(one.name),
                percent(one.spread.coverage),
                number(one.spread.novelty),
                number(one.spread.popularity_lift),
            ]
            for one in report.models
        ),
    )
    for what, groups in report.groups.items():
        _print(
            f"{name(report.grouped)}，按{name(what)}",
            ["", "顾客", "猜中", "NDCG"],
            (
                [name(group), str(one.hit_rate.n), interval(one.hit_rate), interval(one.ndcg)]
                for group, one in groups.items()
            ),
        )


def _tell_groups(groups: Mapping[str, Share]) -> None:
    for group, share in groups.items():
        print(f"    {name(group)} {counted(share)}")


def _tell_scores(title: str, table: Iterable[Scores]) -> None:
    _print(
        title,
        ["", "精确率", "召回率", "F1", "条数"],
        (
            [name(one.name), *(f"{x:.3f}" for x in (one.precision, one.recall, one.f1)), str(one.support)]
            for one in table
        ),
    )


def _tell_confusions(title: str, found: list[Confusion]) -> None:
    rows = ([str(one.n), name(one.gold), name(one.read), one.example] for one in found[:SHOWN])
    _print(title, ["次数", "应该是", "读成", "例如"], rows)


def _tell_calibration(found: Calibration) -> None:
    print(f"\n  置信度与实际的差距（ECE，{len(found.bins)} 格） {found.ece:.3f}")
    rows = (
        [f"{one.low:.2f}–{one.high:.2f}", str(one.n), f"{one.confidence:.3f}", f"{one.accuracy:.3f}"]
        for one in found.bins
        if one.n
    )
    _print("", ["置信度", "条数", "平均置信度", "准确率"], rows)


def _print(title: str, head: list[str], rows: Iterable[list[str]]) -> None:
    """A table, left out when it has no row."""
    table = Table(*head, box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for row in rows:
        table.add_row(*row)
    if not table.row_count:
        return
    if title:
        print(f"\n  {title}")
    console = Console(file=sys.stdout, width=None if sys.stdout.isatty() else _WIDTH, highlight=False, markup=False)
    console.print(table)
