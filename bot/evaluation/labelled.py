"""Labelled files, row by row; what cannot be used is refused with its line."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.errors import Problem
from store.importing.reading import read_table
from store.importing.report import ImportFailed

SUFFIXES = (".jsonl", ".ndjson", ".csv", ".tsv")
_DOMAIN = Path(__file__).resolve().parents[1] / "domain"


class BadFile(Problem):
    """A labelled file that cannot be used; exit code 2."""

    def __init__(self, path: Path, message: str, line: int | None = None, fix: str = "") -> None:
        where = f"{path.name} 第 {line} 行" if line else path.name
        super().__init__(f"{where}：{message}", fix=fix, code=2)


@dataclass(frozen=True)
class Row:
    """One row and where it stands. A cell that the row lacks is None."""

    path: Path
    line: int
    cells: Mapping[str, Any]

    def bad(self, message: str, fix: str = "") -> BadFile:
        return BadFile(self.path, message, self.line, fix)

    def text(self, column: str) -> str:
        """The words in a column. Raises BadFile when it holds none."""
        value = self.cells.get(column)
        if not isinstance(value, str):
            raise self.bad(f"缺少 {column}，或者它不是文字", f'每行要有 "{column}"')
        return value

    def names(self, column: str, known: frozenset[str]) -> frozenset[str]:
        """A list of names, all of them known; empty when the cell is. Raises BadFile."""
        value = self.cells.get(column)
        if value is None:
            return frozenset()
        if not isinstance(value, list):
            raise self.bad(f"{column} 要写成列表", f'例如 "{column}": ["deny"]')
        for name in value:
            self.check_name(name, known)
        return frozenset(value)

    def check_name(self, name: Any, known: frozenset[str]) -> None:
        """Raises BadFile for a name that is none of the bot's; the part after / of a sub-intent is not looked at."""
        if not isinstance(name, str) or name.split("/", 1)[0] not in known:
            raise self.bad(f"不认识“{name}”", f"可以写的是：{'、'.join(sorted(known))}")


def read_rows(path: Path) -> list[Row]:
    """All rows of a JSONL, CSV or TSV file (UTF-8 or GBK). Raises BadFile: no file, another kind, unreadable, empty."""
    if path.suffix.lower() not in SUFFIXES:
        raise BadFile(path, "看不出是哪种文件", fix=f"文件名要以 {'、'.join(SUFFIXES)} 之一结尾")
    try:
        table = read_table(path)
        rows = [Row(path, line, dict(zip(table.header, cells, strict=True))) for line, cells in table.rows]
    except ImportFailed as failure:
        raise BadFile(path, failure.problem.message, failure.problem.line) from None
    if not rows:
        raise BadFile(path, "里面没有一行数据")
    return rows


def column(rows: Iterable[Row], names: tuple[str, ...], what: str) -> str:
    """The first of `names` that is a column of the file. Raises BadFile."""
    first = next(iter(rows))
    found = next((name for name in names if name in first.cells), None)
    if found is None:
        fix = f"列名可以是：{'、'.join(names)}；现在有的列：{'、'.join(first.cells)}"
        raise BadFile(first.path, f"没有{what}这一列", fix=fix)
    return found


@functools.cache
def known_names(kind: str) -> frozenset[str]:
    """Names of all `intents` or `entities` of the domain."""
    listed = yaml.safe_load((_DOMAIN / f"{kind}.yml").read_text(encoding="utf-8"))[kind]
    return frozenset(next(iter(one)) if isinstance(one, dict) else one for one in listed)
