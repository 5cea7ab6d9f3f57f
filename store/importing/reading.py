"""From a file to numbered rows of cells.

UTF-8 with or without BOM, UTF-16 with BOM, GBK; CSV with commas, semicolons or tabs, and JSONL.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from store.importing.report import ImportFailed, Problem


@dataclass(frozen=True)
class RawTable:
    header: list[str]
    rows: Iterator[tuple[int, Sequence[Any]]]
    """Line number (of the row's first line) and as many cells as the header has."""


def read_table(path: Path) -> RawTable:
    """Raises ``ImportFailed``: here for the file and its header, while iterating for a row."""
    try:
        data = path.read_bytes()
    except OSError as error:
        why = "没有这个文件" if isinstance(error, FileNotFoundError) else f"读不了这个文件（{error.strerror}）"
        raise ImportFailed(Problem(None, None, f"{why}，请检查路径和权限。")) from error
    if data[:4] in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0"):
        raise ImportFailed(
            Problem(None, None, "这是 Excel 文件，还读不了。请在 Excel 里“另存为”→“CSV UTF-8（逗号分隔）”，再导入。")
        )
    text = _decode(data)
    if not text.strip():
        raise ImportFailed(Problem(None, None, "文件是空的。第一行要写列名，从第二行起每行一条数据。"))
    if path.suffix.lower() in (".jsonl", ".ndjson"):
        return table_of(_json_lines(text))
    return _csv_table(text)


def table_of(rows: Iterable[tuple[int, Mapping[str, Any]]]) -> RawTable:
    """Rows that name their own columns; a column that a row doesn't name is empty there."""
    kept = list(rows)
    header = list(dict.fromkeys(name for _, row in kept for name in row))
    return RawTable(header, ((line, [row.get(name) for name in header]) for line, row in kept))


def _decode(data: bytes) -> str:
    marked = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    encodings = ["utf-16"] if marked else ["utf-8-sig", "gb18030"]
    first: UnicodeDecodeError | None = None
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError as error:
            first = first or error
            continue
        if "\x00" not in text:
            return text
    line = data.count(b"\n", 0, first.start) + 1 if first else 1
    raise ImportFailed(Problem(line, None, "这里的文字解不开，文件可能已损坏。请用 UTF-8 编码重新保存后再导入。"))


def _json_lines(text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    for line, content in enumerate(text.split("\n"), 1):
        if not content.strip():
            continue
        try:
            row = orjson.loads(content)
        except orjson.JSONDecodeError as error:
            raise ImportFailed(Problem(line, None, '不是完整的 JSON。每行要写成 {"列名": 值, …}。')) from error
        if not isinstance(row, dict):
            raise ImportFailed(Problem(line, None, '这一行不是一条数据。每行要写成 {"列名": 值, …}。'))
        yield line, row


def _csv_table(text: str) -> RawTable:
    first_line = text.lstrip("\r\n").split("\n", 1)[0]
    delimiter = max(",\t;", key=first_line.count) if "," not in first_line else ","
    numbered = _csv_rows(text, delimiter)
    _, header = next(numbered)
    header = [cell.strip() for cell in header]
    while header and not header[-1]:
        header.pop()
    return RawTable(header, _even(numbered, len(header)))


def _csv_rows(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                yield line, row
            line = reader.line_num + 1
    except csv.Error as error:
        raise ImportFailed(
            Problem(line, None, "从这一行起的引号没有成对。一格里有引号时，整格加引号，里面的引号写两遍。")
        ) from error


def _even(rows: Iterator[tuple[int, list[str]]], width: int) -> Iterator[tuple[int, list[str]]]:
    for line, row in rows:
        if len(row) > width:
            if any(cell.strip() for cell in row[width:]):
                raise ImportFailed(
                    Problem(
                        line,
                        None,
                        f"这一行有 {len(row)} 格，表头只有 {width} 格。"
                        "多半是文字里有逗号：把那一格用英文双引号括起来。",
                    )
                )
            row = row[:width]
        elif len(row) < width:
            raise ImportFailed(
                Problem(
                    line,
                    None,
                    f"这一行只有 {len(row)} 格，表头有 {width} 格，后面的缺了。请补齐（空的格子也要留逗号）。",
                )
            )
        yield line, row
