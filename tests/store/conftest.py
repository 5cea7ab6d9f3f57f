"""Stores to test with: SQLite files, and databases on a private PostgreSQL server that lives for the test run."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

import psycopg2
import pytest

from store import Store
from store.clock import SHANGHAI, Clock
from store.tables import metadata

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=SHANGHAI)
_numbers = count(1)


class StoppedClock(Clock):
    """Stands at ``NOW`` until it is moved."""

    def __init__(self) -> None:
        self.moment = NOW

    def now(self) -> datetime:
        return self.moment

    def move(self, **by: float) -> None:
        self.moment += timedelta(**by)


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


class PostgresServer:
    def __init__(self, port: int, process: subprocess.Popen[bytes]) -> None:
        self.port, self.process = port, process

    def url(self, name: str) -> str:
        return f"postgresql://zhike@127.0.0.1:{self.port}/{name}"

    def execute(self, statement: str, url: str | None = None) -> None:
        connection = psycopg2.connect(url or self.url("postgres"))
        try:
            connection.autocommit = True
            connection.cursor().execute(statement)
        finally:
            connection.close()

    def new_database(self, template: str = "template1") -> str:
        name = f"shop{next(_numbers)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.url(name)


def _binary(name: str) -> str | None:
    installed = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
    return str(installed[-1]) if installed else shutil.which(name)


def _as_user() -> dict[str, object]:
    """PostgreSQL refuses root: then it runs as the user that Debian's package made, or as nobody."""
    if os.getuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    pytest.skip("running as root and there is no other user to run PostgreSQL as")


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    initdb, server = _binary("initdb"), _binary("postgres")
    if not initdb or not server:
        pytest.skip("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    user = _as_user()
    folder = Path(tempfile.mkdtemp(prefix="zhike-postgres-"))
    if user:
        os.chown(folder, user["user"], user["group"])
    data, log = folder / "data", folder / "log"
    plain = {"cwd": folder, "env": {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "HOME": str(folder)}, **user}
    process = None
    try:
        subprocess.run(
            [initdb, "-D", data, "-U", "zhike", "-A", "trust", "-E", "UTF8", "--no-sync"],
            check=True,
            capture_output=True,
            **plain,
        )
        port = _free_port()
        with log.open("wb") as output:
            process = subprocess.Popen(
                [
                    server,
                    "-D",
                    data,
                    "-c",
                    f"port={port}",
                    "-c",
                    "listen_addresses=127.0.0.1",
                    "-c",
                    "unix_socket_directories=",
                    "-c",
                    "fsync=off",
                    "-c",
                    "shared_buffers=32MB",
                    "-c",
                    "max_connections=60",
                ],
                stdout=output,
                stderr=output,
                **plain,
            )
        running = PostgresServer(port, process)
        _wait(running, log)
        yield running
    finally:
        if process is not None and process.poll() is None:
            process.send_signal(signal.SIGQUIT)  # at once: nobody needs the data any more
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _wait(server: PostgresServer, log: Path) -> None:
    until = time.monotonic() + 30
    while True:
        try:
            server.execute("SELECT 1")
            return
        except psycopg2.OperationalError:
            if time.monotonic() > until or server.process.poll() is not None:
                raise RuntimeError(f"PostgreSQL did not start: {log.read_text(errors='replace')[-800:]}") from None
            time.sleep(0.1)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "zhike.db"
    Store.open(f"sqlite:///{path}").close()
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres: PostgresServer) -> str:
    url = postgres.new_database()
    Store.open(url).close()
    return url.rsplit("/", 1)[1]


@pytest.fixture(scope="session")
def postgres_shared(postgres: PostgresServer, postgres_template: str) -> str:
    return postgres.new_database(postgres_template)


@pytest.fixture
def sqlite_url(tmp_path: Path, sqlite_template: Path) -> str:
    """A database with today's tables and nothing in them."""
    shutil.copy(sqlite_template, tmp_path / "zhike.db")
    return f"sqlite:///{tmp_path / 'zhike.db'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def new_url(request: pytest.FixtureRequest) -> Callable[[], str]:
    """Gives URLs of databases without any table."""
    if request.param == "sqlite":
        folder = request.getfixturevalue("tmp_path")
        return lambda: f"sqlite:///{folder / f'empty{next(_numbers)}.db'}"
    return request.getfixturevalue("postgres").new_database


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    if request.param == "sqlite":
        return request.getfixturevalue("sqlite_url")
    shared = request.getfixturevalue("postgres_shared")
    # Emptying the tables takes a hundredth of the time of a new database.
    names = ", ".join(f'"{name}"' for name in metadata.tables)
    request.getfixturevalue("postgres").execute(f"TRUNCATE {names} RESTART IDENTITY", shared)
    return shared


@pytest.fixture
def store(url: str, clock: StoppedClock) -> Iterator[Store]:
    """An empty store at 2026-11-25 12:00, on each of the two databases."""
    with Store.open(url, clock=clock) as opened:
        yield opened


@pytest.fixture
def sqlite_store(sqlite_url: str, clock: StoppedClock) -> Iterator[Store]:
    with Store.open(sqlite_url, clock=clock) as opened:
        yield opened
