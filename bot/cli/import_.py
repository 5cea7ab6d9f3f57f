"""`zhike import`: a merchant's tables into the store."""

from __future__ import annotations

import json as _json
import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.errors import Problem
from bot.settings import load
from store import Store, StoreError
from store.importing import KINDS, Report, import_file

_SHOWN = 10


def run(
    kind: Annotated[str, typer.Argument(help=f"哪种表：{'、'.join(KINDS)}")],
    files: Annotated[list[Path], typer.Argument(help="CSV 或 JSONL 文件，可以有几个")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只检查、只数数，不写入")] = False,
    json: Annotated[bool, typer.Option("--json", help="标准输出上只有一个 JSON 文档")] = False,
) -> int:
    """导入店铺的表。同一个文件导入两次不会有变化；有一格读不懂，整个文件都不导入。"""
    if kind not in KINDS:
        raise Problem(f"没有“{kind}”这种表", fix=f"可以导入的是：{'、'.join(KINDS)}", code=2)
    settings = load()
    try:
        with Store.open(settings.url, busy_timeout_ms=settings.busy_ms) as store:
            reports = [import_file(store, kind, path, dry_run) for path in files]
    except StoreError as error:
        raise Problem("没有导入", why=str(error)) from error
    if json:
        print(
            _json.dumps(
                {"ok": all(report.ok for report in reports), "files": [report.as_dict() for report in reports]},
                ensure_ascii=False,
            )
        )
    else:
        for report in reports:
            _tell(report)
    return 0 if all(report.ok for report in reports) else 2


def _tell(report: Report) -> None:
    if not report.ok:
        print(f"出错了：{report.source} 没有导入，{report.problem_count} 处要改：", file=sys.stderr)
        _list([report.sentence(problem) for problem in report.problems], report.problem_count, sys.stderr)
        return
    done = "检查过了（没有写入）" if report.dry_run else "导入好了"
    name = KINDS[report.kind].name_zh
    print(
        f"{report.source} {done}：读到{name} {report.read} 行，"
        f"新增 {report.stored}，更新 {report.updated}，没变 {report.unchanged}。"
    )
    if report.notice_count:
        print(f"有 {report.notice_count} 处请留意（都已保留）：")
        _list([report.sentence(notice) for notice in report.notices], report.notice_count, sys.stdout)


def _list(sentences: list[str], total: int, stream: object) -> None:
    for sentence in sentences[:_SHOWN]:
        print(f"  {sentence}", file=stream)
    if total > _SHOWN:
        print(f"  ……还有 {total - min(_SHOWN, len(sentences))} 处", file=stream)
