"""What an import did, in numbers that add up, and what was wrong, by line and column."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

_KEPT = 50


class Problem(NamedTuple):
    line: int | None
    """As an editor counts it; None when the whole file is meant."""
    column: str | None
    """As the file's header writes it; None when the whole line is meant."""
    message: str
    """What is wrong and how to mend it."""


class ImportFailed(Exception):  # noqa: N818 - says what is the case
    """Raised while reading; ``import_file`` turns it into a report."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


@dataclass
class Report:
    """``read`` = ``stored`` + ``updated`` + ``unchanged`` + ``rejected``, in rows.

    With a problem everything is rejected and nothing stored.
    """

    kind: str
    source: str = ""
    read: int = 0
    stored: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    dry_run: bool = False
    problems: list[Problem] = field(default_factory=list)
    """Why nothing was imported: the first 50."""
    problem_count: int = 0
    notices: list[Problem] = field(default_factory=list)
    """What was imported as it came although it is not understood: the first 50."""
    notice_count: int = 0

    @property
    def ok(self) -> bool:
        return not self.problem_count

    def problem(self, line: int | None, column: str | None, message: str) -> None:
        self.problem_count += 1
        if len(self.problems) < _KEPT:
            self.problems.append(Problem(line, column, message))

    def notice(self, line: int | None, column: str | None, message: str) -> None:
        self.notice_count += 1
        if len(self.notices) < _KEPT:
            self.notices.append(Problem(line, column, message))

    def reject_all(self) -> Report:
        self.stored = self.updated = self.unchanged = 0
        self.rejected = self.read
        return self

    def sentence(self, problem: Problem) -> str:
        """``products.csv 第 12 行 price 列：…``"""
        line = f"第 {problem.line} 行" if problem.line is not None else ""
        column = f"{problem.column} 列" if problem.column is not None else ""
        where = " ".join(part for part in (self.source, line, column) if part)
        return f"{where}：{problem.message}" if where else problem.message

    def as_dict(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "source": self.source,
            "ok": self.ok,
            "dry_run": self.dry_run,
            "read": self.read,
            "stored": self.stored,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "rejected": self.rejected,
            "problem_count": self.problem_count,
            "problems": [problem._asdict() for problem in self.problems],
            "notice_count": self.notice_count,
            "notices": [notice._asdict() for notice in self.notices],
        }
