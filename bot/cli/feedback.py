"""`zhike feedback export|stats`: what customers thought of the answers, for people and for retraining."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.settings import load

app = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True, help="反馈：导出、统计")
FORMATS = ("jsonl", "csv")


@app.command()
def export(
    output: Annotated[Path | None, typer.Option("--output", "-o", help="写到哪个文件；不给就打到标准输出")] = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="CSV（默认 JSONL）")] = False,
) -> None:
    """导出全部反馈，一行一条，带上被评价的那一轮：说了什么、理解成什么、答了什么。"""
    with closing(_store()) as store:
        rows = list(_rows(store))
    target = output.open("w", encoding="utf-8", newline="") if output else sys.stdout
    if as_csv:
        names = list(rows[0]) if rows else ["feedback_id"]
        writer = csv.DictWriter(target, names)
        writer.writeheader()
        writer.writerows(
            {
                key: json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, list | dict) else value
                for key, value in row.items()
            }
            for row in rows
        )
    else:
        for row in rows:
            target.write(json.dumps(row, ensure_ascii=False, default=str) + "\n")
    if output:
        target.close()
        print(f"导出 {len(rows)} 条到 {output}")


@app.command()
def stats(as_json: Annotated[bool, typer.Option("--json", help="标准输出只打一个 JSON")] = False) -> None:
    """多少 👍、多少 👎，👎 的原因。"""
    with closing(_store()) as store:
        counted = store.feedback.stats()
    if as_json:
        print(json.dumps({**asdict(counted), "total": counted.total}, ensure_ascii=False))
        return
    share = f"，好评 {counted.up / counted.total:.0%}" if counted.total else ""
    print(f"共 {counted.total} 条：👍 {counted.up}，👎 {counted.down}{share}")
    for reason, count in counted.reasons:
        print(f"  {count:>4}  {reason}")


def _store() -> Any:
    from store import Store

    settings = load()
    return Store.open(settings.url, busy_timeout_ms=settings.busy_ms)


def _rows(store: Any) -> Iterator[dict[str, Any]]:
    """A message id is <turn id>.<place>.<signature>; feedback on goods leads to its turn by the impression."""
    turns: dict[str, Any] = {}
    by_impression: dict[str, Any] = {}
    for turn in store.conversations.turns():
        turns[turn.turn_id] = turn
        for reply in turn.replies:
            data = (reply.get("custom") or {}).get("data") or {}
            if data.get("impression_id"):
                by_impression[data["impression_id"]] = turn
    for one in store.feedback.export():
        turn = turns.get((one.message_id or "").partition(".")[0]) or by_impression.get(one.impression_id)
        yield {
            **asdict(one),
            "text": turn.text if turn else None,
            "intent": turn.intent if turn else None,
            "confidence": turn.confidence if turn else None,
            "ranking": turn.ranking if turn else [],
            "sentiment": turn.sentiment_label if turn else None,
            "actions": turn.actions if turn else [],
            "replies": [reply.get("text") for reply in turn.replies] if turn else [],
            "model_version": turn.model_version if turn else None,
        }
