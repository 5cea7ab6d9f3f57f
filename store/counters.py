"""Named numbers that grow inside the transaction that makes them grow: versions of caches, running numbers of cases."""

from __future__ import annotations

from sqlalchemy import bindparam, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from store.tables import counters

CATALOGUE, FAQ, HEALTH = "catalogue", "faq", "health"
_VALUE = select(counters.c.value).where(counters.c.name == bindparam("name"))


def value(connection: Connection, name: str) -> int:
    return connection.execute(_VALUE, {"name": name}).scalar() or 0


def bump(connection: Connection, name: str) -> int:
    """Adds one and gives the new value; the row stays locked until the transaction ends."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    grow = (
        dialect.insert(counters)
        .values(name=name, value=1)
        .on_conflict_do_update(index_elements=[counters.c.name], set_={"value": counters.c.value + 1})
    )
    connection.execute(grow)
    return value(connection, name)
