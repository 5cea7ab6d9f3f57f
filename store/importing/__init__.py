"""Bringing a merchant's tables into the store.

Everything is read first, and written in one transaction only if all of it could be read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from store.importing import loading, orders
from store.importing.kinds import KINDS, Kind
from store.importing.parsing import parse
from store.importing.reading import RawTable, read_table, table_of
from store.importing.report import ImportFailed, Problem, Report

if TYPE_CHECKING:
    from store.store import Store

__all__ = ["KINDS", "Problem", "Report", "import_file", "import_rows"]


def import_file(store: Store, kind: str, path: str | Path, dry_run: bool = False) -> Report:
    """Imports a CSV or JSONL file.

    A file that can't be read whole stores nothing: look at ``Report.ok`` and ``Report.problems``. Raises ``ValueError``
    for an unknown kind and ``StoreUnavailable`` when the database fails (nothing is stored then either).
    """
    path = Path(path)
    report = Report(kind, path.name, dry_run=dry_run)
    try:
        return _import(store, _known(kind), read_table(path), report)
    except ImportFailed as failure:
        return _failed(report, failure)


def import_rows(store: Store, kind: str, rows: Iterable[Mapping[str, Any]], dry_run: bool = False) -> Report:
    """The same for rows at hand, with the column names of a file; lines are counted from 1.

    Cells are text, or typed already: float, datetime, list, dict, None.
    """
    report = Report(kind, dry_run=dry_run)
    known, table = _known(kind), table_of(enumerate(rows, 1))
    if not table.header:
        return report
    try:
        return _import(store, known, table, report)
    except ImportFailed as failure:
        return _failed(report, failure)


def _known(kind: str) -> Kind:
    if kind not in KINDS:
        raise ValueError(f"没有 {kind} 这种表，可以导入的是：{'、'.join(KINDS)}。")
    return KINDS[kind]


def _failed(report: Report, failure: ImportFailed) -> Report:
    report.problem(*failure.problem)
    return report.reject_all()


def _import(store: Store, kind: Kind, table: RawTable, report: Report) -> Report:
    rows = parse(kind, table, report)
    if not report.ok:
        return report.reject_all()
    # Everything that needs no database comes before the transaction: the bot's own writes wait meanwhile.
    found = orders.group(rows, report) if kind.name == "orders" else loading.records(kind, rows, report)
    if not report.ok:
        return report.reject_all()
    with store.database.read() if report.dry_run else store.database.write() as connection:
        if kind.name == "orders":
            orders.load(connection, found, report, write=not report.dry_run)
        else:
            loading.load(connection, kind, found, report, write=not report.dry_run)
    store.catalogue.forget()
    store.faq.forget()
    return report
