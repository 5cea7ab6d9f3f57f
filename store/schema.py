"""Brings a database to today's tables with Alembic, once, even when several programs start together."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import inspect, text
from sqlalchemy.engine import Connection

from store.database import Database
from store.errors import StoreError

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "0002"
"""The newest revision in store/migrations/versions (a test compares).

Known here so that a database that is up to date opens without Alembic.
"""

_LOCK_KEY = 7_419_003_115
_WAIT_MS = 15_000


def current_revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def bring_up_to_date(database: Database) -> None:
    """Upgrades to ``HEAD`` where needed.

    Raises ``StoreError`` for a database written by a newer Zhike, ``StoreUnavailable`` for faults.
    """
    with database.read() as connection:
        if current_revision(connection) == HEAD:
            return
    migrate(database, HEAD)


def migrate(database: Database, revision: str) -> None:
    """Moves up or down to ``revision`` (``base``: no tables) in one transaction that other programs wait for."""
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    # Alembic reads % as the beginning of an interpolation.
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    known = [step.revision for step in ScriptDirectory.from_config(config).walk_revisions("base", "heads")]
    # A connection of its own that waits longer for the write lock: another program may be migrating just now.
    patient = Database(database.url, busy_timeout_ms=_WAIT_MS)
    try:
        _move(patient, config, known, revision)
    finally:
        patient.close()


def _move(database: Database, config: Config, known: list[str], revision: str) -> None:
    from alembic import command

    with database.write() as connection:
        if not database.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK_KEY})
        found = current_revision(connection)
        if found == revision:
            return
        if found is not None and found not in known:
            raise StoreError(
                f"数据库是更新版本的知客建的（结构版本 {found}），这个版本读不了。请升级知客，或换一个数据库。"
            )
        config.attributes["connection"] = connection
        down = revision == "base" or (found is not None and known.index(found) < known.index(revision))
        (command.downgrade if down else command.upgrade)(config, revision)
