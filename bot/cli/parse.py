"""`zhike parse`: how messages are read, one JSON object a line."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.errors import Problem

_BATCH = 64

Read = Callable[[Iterable[str]], Iterator[list[dict[str, Any]]]]


def run(
    jsonl: Annotated[bool, typer.Option("--jsonl", help='标准输入每行一个 {"text": …}；不加则每行就是一句话')] = False,
    model: Annotated[Path | None, typer.Option(help="模型文件 rasa.tar.gz，默认是正在使用的那个")] = None,
) -> None:
    """逐行理解标准输入里的话：意图、候选意图、实体、情绪，每句输出一行 JSON。"""
    with reading(archive_of(model)) as read:
        for batch in read(_texts(sys.stdin, jsonl)):
            for parsed in batch:
                sys.stdout.write(json.dumps(parsed, ensure_ascii=False) + "\n")
            sys.stdout.flush()


@contextmanager
def reading(archive: Path) -> Iterator[Read]:
    """A function that reads texts with a trained model, batch by batch: for each text its parse result, in order."""
    from bot.runtime.light_start import needs_tensorflow, without_tensorflow

    if not needs_tensorflow(archive):
        without_tensorflow()
    from bot.components.archive import open_archive

    with open_archive(archive) as understanding:

        def read(texts: Iterable[str]) -> Iterator[list[dict[str, Any]]]:
            left = iter(texts)
            while batch := list(islice(left, _BATCH)):
                yield understanding.parse(batch)

        yield read


def archive_of(model: Path | None) -> Path:
    """The file of a trained model, by default the one in use. Raises Problem when there is none."""
    from bot.settings import load

    archive = model or load().current_model / "rasa.tar.gz"
    if not archive.is_file():
        raise Problem("没有可用的模型", f"找不到 {archive}", "先训练一次：zhike train", code=2)
    return archive


def _texts(lines: Iterable[str], jsonl: bool) -> Iterator[str]:
    """The texts in order. Raises Problem naming the line that is not as announced; blank lines are passed over."""
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        if not jsonl:
            yield line.rstrip("\n")
            continue
        try:
            entry = json.loads(line)
        except json.JSONDecodeError as error:
            raise Problem(f"第 {number} 行不是 JSON", str(error), '每行写成 {"text": "一句话"}', code=2) from None
        if not isinstance(entry, dict) or not isinstance(entry.get("text"), str):
            why = "缺少 text，或者它不是字符串"
            raise Problem(f"第 {number} 行没有文字", why, '每行写成 {"text": "一句话"}', code=2)
        yield entry["text"]
