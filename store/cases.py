"""Matters that customers opened: returns, invoices, complaints … and questions that nobody could answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy import desc, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from store import counters
from store.clock import SHANGHAI, Clock
from store.database import Database
from store.errors import NotFound
from store.models import Case, Unanswered
from store.tables import cases, unanswered

OPEN, DONE, WITHDRAWN = "open", "done", "withdrawn"

# By kind: the letters that a case number begins with, from the pinyin.
CASE_PREFIX: Mapping[str, str] = MappingProxyType(
    {
        "return": "TH",
        "refund": "TK",
        "exchange": "HH",
        "repair": "WX",
        "install": "AZ",
        "invoice": "FP",
        "price_protection": "JB",
        "problem": "WT",
        "complaint": "TS",
        "urge": "CB",
        "human_question": "RG",
        "privacy": "YS",
    }
)


class Cases:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    def open(
        self,
        kind: str,
        customer_id: str,
        order_id: str | None = None,
        product_id: str | None = None,
        details: dict[str, Any] | None = None,
        deadline: float | None = None,
    ) -> Case:
        """The same customer's open case of this kind, order and product is given again (``existing``), not doubled."""
        if kind not in CASE_PREFIX:
            raise ValueError(f"no such kind of case: {kind}")
        open_key = "\x1f".join([customer_id, kind, order_id or "", product_id or ""])
        try:
            with self._database.write(deadline) as connection:
                return self._existing(connection, open_key) or self._new(
                    connection, kind, customer_id, order_id, product_id, details or {}, open_key
                )
        except IntegrityError:
            # Somebody opened it between our look and our insert (PostgreSQL; SQLite has one writer at a time).
            with self._database.read() as connection:
                existing = self._existing(connection, open_key)
            if existing is None:
                raise
            return existing

    def get(self, case_id: str, customer_id: str | None = None) -> Case | None:
        query = select(cases).where(cases.c.case_id == case_id.strip().upper())
        if customer_id is not None:
            query = query.where(cases.c.customer_id == customer_id)
        with self._database.read() as connection:
            row = connection.execute(query).mappings().first()
        return _case(row) if row else None

    def of_customer(
        self, customer_id: str | None, kinds: Iterable[str] | None = None, open_only: bool = False
    ) -> list[Case]:
        """Newest first."""
        if not customer_id:
            return []
        query = (
            select(cases)
            .where(cases.c.customer_id == customer_id)
            .order_by(desc(cases.c.created_at), desc(cases.c.case_id))
        )
        if kinds is not None:
            query = query.where(cases.c.kind.in_(list(kinds)))
        if open_only:
            query = query.where(cases.c.status == OPEN)
        with self._database.read() as connection:
            return [_case(row) for row in connection.execute(query).mappings()]

    def withdraw(self, case_id: str, customer_id: str, deadline: float | None = None) -> Case:
        """Raises ``NotFound`` where this customer has no such open case."""
        return self._close(case_id, WITHDRAWN, customer_id, deadline)

    def finish(self, case_id: str, deadline: float | None = None) -> Case:
        """The merchant has dealt with it."""
        return self._close(case_id, DONE, None, deadline)

    def unanswered(self, text: str, customer_id: str | None, product_id: str | None = None) -> None:
        """Keeps a question that nobody could answer for the merchant."""
        with self._database.write() as connection:
            connection.execute(
                unanswered.insert().values(
                    text=text, customer_id=customer_id, product_id=product_id, at=self._clock.now()
                )
            )

    def all_unanswered(self) -> list[Unanswered]:
        """Every question kept so, oldest first."""
        columns = (unanswered.c.text, unanswered.c.customer_id, unanswered.c.product_id, unanswered.c.at)
        with self._database.read() as connection:
            return [
                Unanswered(*row) for row in connection.execute(select(*columns).order_by(unanswered.c.unanswered_id))
            ]

    def _existing(self, connection: Connection, open_key: str) -> Case | None:
        row = connection.execute(select(cases).where(cases.c.open_key == open_key)).mappings().first()
        return _case(row, existing=True) if row else None

    def _new(
        self,
        connection: Connection,
        kind: str,
        customer_id: str,
        order_id: str | None,
        product_id: str | None,
        details: dict[str, Any],
        open_key: str,
    ) -> Case:
        now = self._clock.now()
        day = f"{CASE_PREFIX[kind]}{now.astimezone(SHANGHAI):%Y%m%d}"
        number = counters.bump(connection, f"case {day}")
        case = Case(f"{day}-{number:04d}", kind, customer_id, order_id, product_id, OPEN, details, now, now)
        row = {name: getattr(case, name) for name in Case.__dataclass_fields__ if name != "existing"}
        connection.execute(cases.insert(), row | {"open_key": open_key})
        return case

    def _close(self, case_id: str, status: str, customer_id: str | None, deadline: float | None) -> Case:
        meant = (cases.c.case_id == case_id) & (cases.c.status == OPEN)
        if customer_id is not None:
            meant &= cases.c.customer_id == customer_id
        with self._database.write(deadline) as connection:
            done = connection.execute(
                update(cases).where(meant).values(status=status, open_key=None, updated_at=self._clock.now())
            )
            if not done.rowcount:
                raise NotFound("没有这个处理中的申请，可能已经办完或撤销了。")
            return _case(connection.execute(select(cases).where(cases.c.case_id == case_id)).mappings().one())


def _case(row: Mapping[str, Any], existing: bool = False) -> Case:
    known = {name: row[name] for name in Case.__dataclass_fields__ if name != "existing"}
    return Case(**known, existing=existing)
