"""Comparing rows with what was imported before, and writing only what differs."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.engine import Connection

from store import counters, tables
from store.importing.kinds import Kind
from store.importing.parsing import Row
from store.importing.report import Report
from store.importing.values import utc_text

_TABLES: Mapping[str, Table] = {
    "customers": tables.customers,
    "products": tables.products,
    "faq": tables.faq,
    "events": tables.events,
    "reviews": tables.reviews,
    "surveys": tables.surveys,
    "chats": tables.chats,
}
_VERSIONS = {"products": counters.CATALOGUE, "faq": counters.FAQ}


def digest(content: Any) -> str:
    """16 bytes in hex; the same for the same values however the file spelt them."""
    return hashlib.blake2b(
        orjson.dumps(content, default=str, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS), digest_size=16
    ).hexdigest()


def spelt_alike(value: Any) -> Any:
    """Moments in UTC, so that a digest doesn't depend on the zone in which they were written."""
    return utc_text(value) if isinstance(value, datetime) else value


@dataclass(frozen=True, slots=True)
class Record:
    key: str
    digest: str
    values: dict[str, Any]


def records(kind: Kind, rows: Iterable[Row], report: Report) -> list[Record]:
    """One record for each thing. Of rows about the same thing the last one holds; where they differ it is said."""
    key_of = _key_of(kind)
    last: dict[str, Row] = {}
    for row in rows:
        key = key_of(row.values)
        earlier = last.get(key)
        if earlier is not None and earlier.values != row.values:
            report.notice(
                earlier.line, kind.key[0], f"和第 {row.line} 行说的是同一条，内容不同，以第 {row.line} 行为准。"
            )
        last[key] = row
    return [
        Record(key, digest({name: spelt_alike(value) for name, value in row.values.items()}), row.values)
        for key, row in last.items()
    ]


def load(connection: Connection, kind: Kind, found: Iterable[Record], report: Report, write: bool) -> None:
    """Stores the records of any kind but orders. With ``write`` false only counts what would be done."""
    table = _TABLES[kind.name]
    key_column = _key_column(table, kind)
    known = dict(connection.execute(select(key_column, table.c.source_digest).where(key_column.is_not(None))).all())
    fresh: list[dict[str, Any]] = []
    changed: list[dict[str, Any]] = []
    for record in found:
        if known.get(record.key) != record.digest:
            row = record.values | {key_column.name: record.key, "source_digest": record.digest}
            (changed if record.key in known else fresh).append(row)
    report.stored, report.updated = len(fresh), len(changed)
    report.unchanged = report.read - report.stored - report.updated
    if write:
        _write(connection, kind, table, key_column, fresh, changed)


def _key_column(table: Table, kind: Kind) -> Any:
    if kind.name == "faq":
        return table.c.entry_id
    return table.c[kind.key[0]] if len(kind.key) == 1 else table.c.row_key


def _key_of(kind: Kind) -> Callable[[Mapping[str, Any]], str]:
    if kind.name == "faq":
        return lambda values: f"faq-{digest(values['question'])[:12]}"
    if len(kind.key) == 1:
        return lambda values: values[kind.key[0]]
    return lambda values: digest([spelt_alike(values[name]) for name in kind.key])


def _write(
    connection: Connection,
    kind: Kind,
    table: Table,
    key_column: Any,
    fresh: list[dict[str, Any]],
    changed: list[dict[str, Any]],
) -> None:
    if fresh:
        connection.execute(table.insert(), fresh)
    if changed:
        _update(connection, kind, table, key_column, changed)
    if (fresh or changed) and kind.name in _VERSIONS:
        counters.bump(connection, _VERSIONS[kind.name])


def _update(connection: Connection, kind: Kind, table: Table, key_column: Any, changed: list[dict[str, Any]]) -> None:
    names = [name for name in changed[0] if name != key_column.name]
    rows = [{f"new_{name}": value for name, value in record.items()} for record in changed]
    meant = key_column == bindparam(f"new_{key_column.name}")
    if kind.name == "customers":
        # What a customer said to the bot outlives the merchant's file.
        consents = {"consent_personalisation", "consent_marketing"}
        names = [name for name in names if name not in consents]
        said = update(table).where(meant, table.c.consent_set_at.is_(None))
        connection.execute(said.values({name: bindparam(f"new_{name}") for name in consents}), rows)
    connection.execute(update(table).where(meant).values({name: bindparam(f"new_{name}") for name in names}), rows)


def note_unknown(report: Report, column: str, name_zh: str, wanted: Counter[str], known: set[str]) -> None:
    """Says how many rows name things that no table holds; they are kept."""
    unknown = {name: number for name, number in wanted.items() if name not in known}
    if unknown:
        examples = "、".join(sorted(unknown)[:3])
        report.notice(
            None, column, f"{sum(unknown.values())} 行的{name_zh}不在{name_zh}表里（例如 {examples}），已照样保留。"
        )
