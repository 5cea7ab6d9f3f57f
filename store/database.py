"""The engine and the two ways to use it, ``read`` and ``write``; faults of the database become ``StoreUnavailable``.

SQLite: one file in WAL mode, opened for reading and writing but never created behind anyone's back (a file that has
gone missing is reported, not replaced by an empty one). Writers of this process queue on a lock, writers of other
processes are waited for by the busy timeout.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import create_engine, event
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError, DisconnectionError, IntegrityError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import QueuePool

from store.errors import DeadlinePassed, StoreError, StoreUnavailable

BUSY_TIMEOUT_MS = 1500
_POOL_SIZE, _POOL_TIMEOUT_S = 10, 2.0


class Database:
    """``url``: SQLAlchemy's, ``sqlite:///path`` or ``postgresql://…``.

    ``busy_timeout_ms``: how long a write waits for another program's.
    """

    def __init__(self, url: str | URL, busy_timeout_ms: int = BUSY_TIMEOUT_MS) -> None:
        try:
            self.url: URL = make_url(url)
            backend = self.url.get_backend_name()
        except ArgumentError as error:
            raise StoreError(
                "数据库地址写错了。SQLite 写成 sqlite:///路径，PostgreSQL 写成 postgresql://用户:密码@主机/库名。"
            ) from error
        self.busy_timeout_ms = busy_timeout_ms
        self.path: Path | None = None
        if backend == "sqlite":
            if not self.url.database or self.url.database == ":memory:":
                raise StoreError("知客要把数据写进文件，不支持内存数据库。请写成 sqlite:///路径。")
            self.path = Path(self.url.database).absolute()
            self.engine = self._sqlite_engine()
        elif backend == "postgresql":
            self.engine = self._postgresql_engine()
        else:
            raise StoreError(f"不支持 {backend} 数据库，请用 SQLite 或 PostgreSQL。")
        self._writing = self.engine.execution_options(zhike_write=True)
        self._write_lock = threading.Lock()

    @property
    def is_sqlite(self) -> bool:
        return self.path is not None

    def create_file(self) -> None:
        """Makes the SQLite file and its folder where there is none, and puts it in WAL mode."""
        if self.path is None:
            return
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            if not self.path.exists():
                os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))
        except OSError as error:
            raise StoreUnavailable(
                f"建不了数据库文件 {self.path}（{error.strerror}）。请检查目录权限和磁盘空间。"
            ) from error
        with self.faults(), self.engine.connect() as connection:
            raw = connection.connection.dbapi_connection
            if raw.execute("PRAGMA journal_mode").fetchone()[0] != "wal" and not self._read_only:
                raw.execute("PRAGMA journal_mode = WAL")

    @property
    def _read_only(self) -> bool:
        return self.url.query.get("mode") == "ro" or not os.access(self.path, os.W_OK)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A consistent view for several queries."""
        with self.faults(), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self, deadline: float | None = None) -> Iterator[Connection]:
        """One transaction: committed when the block ends, rolled back when it raises or ends after ``deadline``.

        ``deadline`` is a moment of ``time.monotonic()``. Raises ``StoreUnavailable`` and ``DeadlinePassed``; in both
        cases nothing was written.
        """
        check_deadline(deadline)
        with self._one_writer(), self.faults(), self._writing.begin() as connection:
            yield connection
            check_deadline(deadline)

    @contextmanager
    def _one_writer(self) -> Iterator[None]:
        if not self.is_sqlite:
            yield
            return
        if not self._write_lock.acquire(timeout=self.busy_timeout_ms / 1000):
            raise StoreUnavailable("数据库正忙（正在导入或整理数据），这一步没有执行，请稍后再试。")
        try:
            yield
        finally:
            self._write_lock.release()

    def close(self) -> None:
        self.engine.dispose()

    @contextmanager
    def faults(self) -> Iterator[None]:
        """Turns a fault of the database into ``StoreUnavailable`` with a sentence for people; other errors pass."""
        try:
            yield
        except (IntegrityError, ProgrammingError, DataError):
            # The database is well; what it was asked is wrong, and that is ours to see.
            raise
        except PoolTimeout as error:
            raise StoreUnavailable("数据库连接都在用，请稍后再试。") from error
        except DBAPIError as error:
            raise StoreUnavailable(self._sentence(error)) from error

    def _sentence(self, error: DBAPIError) -> str:
        said = str(error.orig).strip()
        if not self.is_sqlite:
            if "lock timeout" in said or "deadlock" in said:
                return "数据库正被另一个程序占用，这一步没有执行，请稍后再试。"
            if "read-only" in said:
                return "数据库处于只读状态，写不进去。请检查是否连到了备库。"
            address = self.url.render_as_string(hide_password=True)
            return f"PostgreSQL 数据库 {address} 连不上或出错了。请检查服务是否在运行、地址和密码是否正确。"
        for sign, sentence in (
            ("locked", "数据库正被另一个程序占用，这一步没有执行，请稍后再试。"),
            ("readonly", f"数据库文件 {self.path} 是只读的，写不进去。请检查文件和目录的写权限。"),
            ("unable to open", f"打不开数据库文件 {self.path}：文件不见了，或没有权限。请恢复这个文件后再试。"),
            ("full", f"磁盘满了，数据库 {self.path} 写不进去。请腾出空间后再试。"),
            ("not a database", f"{self.path} 不是知客的数据库文件，或已损坏。请换一个文件，或用备份恢复。"),
            ("malformed", f"数据库文件 {self.path} 已损坏。请用备份恢复。"),
            ("no such table", f"数据库 {self.path} 缺少表，结构不完整。请用备份恢复。"),
        ):
            if sign in said:
                return sentence
        return f"数据库 {self.path} 出错了（{type(error.orig).__name__}），这一步没有执行。"

    def _sqlite_engine(self) -> Engine:
        mode = "ro" if self.url.query.get("mode") == "ro" else "rw"
        address = f"file:{quote(str(self.path))}?mode={mode}"
        timeout = self.busy_timeout_ms / 1000

        def connect() -> sqlite3.Connection:
            # isolation_level None: transactions begin where we say so (BEGIN IMMEDIATE for writes), not where the
            # driver guesses.
            connection = sqlite3.connect(
                address, uri=True, timeout=timeout, isolation_level=None, check_same_thread=False
            )
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA synchronous = FULL")
            return connection

        engine = create_engine(
            "sqlite://",
            creator=connect,
            future=True,
            hide_parameters=True,
            poolclass=QueuePool,
            pool_size=_POOL_SIZE,
            max_overflow=_POOL_SIZE,
            pool_timeout=_POOL_TIMEOUT_S,
            pool_use_lifo=True,
        )

        @event.listens_for(engine, "connect")
        def _remember_file(_raw: Any, record: Any) -> None:
            record.info["file"] = self._file_identity()

        @event.listens_for(engine, "checkout")
        def _same_file(_raw: Any, record: Any, _proxy: Any) -> None:
            # A deleted file stays writable through an open connection, and what is written is lost: connect anew.
            if record.info.get("file") != self._file_identity():
                raise DisconnectionError("the database file is not the one that was opened")

        @event.listens_for(engine, "begin")
        def _begin(connection: Connection) -> None:
            write = connection.get_execution_options().get("zhike_write")
            connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

        return engine

    def _file_identity(self) -> tuple[int, int] | None:
        try:
            found = os.stat(self.path)
        except OSError:
            return None
        return found.st_dev, found.st_ino

    def _postgresql_engine(self) -> Engine:
        url = self.url if "+" in self.url.drivername else self.url.set(drivername="postgresql+psycopg2")
        limits = {
            "connect_timeout": 2,
            "tcp_user_timeout": 2000,
            "options": f"-c lock_timeout={self.busy_timeout_ms} -c timezone=UTC",
        }
        return create_engine(
            url,
            future=True,
            hide_parameters=True,
            pool_pre_ping=True,
            pool_size=_POOL_SIZE,
            max_overflow=_POOL_SIZE,
            pool_timeout=_POOL_TIMEOUT_S,
            connect_args=limits,
        )


def check_deadline(deadline: float | None) -> None:
    if deadline is not None and time.monotonic() > deadline:
        raise DeadlinePassed
