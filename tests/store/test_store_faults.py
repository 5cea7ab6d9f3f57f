"""When the database fails: a clear sentence within two seconds, and nothing half done."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import psycopg2
import pytest
from sqlalchemy.exc import IntegrityError

from store import Store, StoreUnavailable
from store.importing import import_rows
from store.models import Turn
from store.tables import customers

ROW = {
    "order_id": "O1",
    "customer_id": "C1",
    "product_id": "P1",
    "quantity": 1,
    "price": 9,
    "ordered_at": "2026-11-20",
    "status": "待发货",
}


@contextmanager
def fails_within_two_seconds(*said: str):
    begun = time.monotonic()
    with pytest.raises(StoreUnavailable) as failed:
        yield
    assert time.monotonic() - begun < 2.2
    for word in said:
        assert word in str(failed.value)


@contextmanager
def another_program_writes(path: Path):
    code = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1], isolation_level=None); c.execute('BEGIN IMMEDIATE'); "
        "print('locked', flush=True); sys.stdin.read()"
    )
    program = subprocess.Popen([sys.executable, "-c", code, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert program.stdout.readline() == b"locked\n"
        yield
    finally:
        program.communicate(b"")


class TestLocked:
    def test_writes_give_up_and_reads_go_on(self, sqlite_store, clock):
        import_rows(sqlite_store, "orders", [ROW])
        with another_program_writes(sqlite_store.database.path):
            for write in (
                lambda: sqlite_store.orders.cancel("O1", "C1", "不要了"),
                sqlite_store.check_writable,
                lambda: sqlite_store.feedback.add("S1", "C1", "up"),
                lambda: sqlite_store.log_turn(Turn("T1", "S1", "C1", clock.now(), "你好")).result(),
                lambda: import_rows(sqlite_store, "orders", [ROW | {"order_id": "O2"}]),
            ):
                with fails_within_two_seconds("正被另一个程序占用"):
                    write()
            assert sqlite_store.orders.get("O1").status == "to_ship"
        assert sqlite_store.feedback.stats().total == 0 and sqlite_store.orders.get("O2") is None
        assert sqlite_store.conversations.history("S1") == []

    def test_when_the_lock_is_gone_writing_works_again(self, sqlite_store):
        with another_program_writes(sqlite_store.database.path), pytest.raises(StoreUnavailable):
            sqlite_store.check_writable()
        sqlite_store.check_writable()
        assert sqlite_store.feedback.add("S1", "C1", "up") == 1

    def test_a_short_lock_is_waited_for(self, sqlite_store):
        code = (
            "import sqlite3, sys, time; c = sqlite3.connect(sys.argv[1], isolation_level=None); "
            "c.execute('BEGIN IMMEDIATE'); "
            "print('locked', flush=True); time.sleep(0.4); c.execute('COMMIT')"
        )
        program = subprocess.Popen([sys.executable, "-c", code, sqlite_store.database.path], stdout=subprocess.PIPE)
        assert program.stdout.readline() == b"locked\n"
        sqlite_store.check_writable()
        assert program.wait() == 0


def test_a_file_that_went_missing_is_reported_and_not_replaced(sqlite_store, clock):
    sqlite_store.check_writable()
    path = sqlite_store.database.path
    kept = path.with_suffix(".kept")
    path.rename(kept)
    for use in (
        sqlite_store.check_writable,
        lambda: sqlite_store.orders.get("O1"),
        lambda: sqlite_store.feedback.add("S1", None, "up"),
        lambda: sqlite_store.log_turn(Turn("T1", "S1", None, clock.now(), "你好")).result(),
    ):
        with fails_within_two_seconds("打不开数据库文件", str(path)):
            use()
    assert not path.exists()
    kept.rename(path)
    sqlite_store.check_writable()


_READ_ONLY = """
import sys, time
from store import Store, StoreUnavailable
from store.importing import import_rows
store = Store.open(sys.argv[1])
assert store.orders.get("O1").status == "to_ship"
for write in (store.check_writable, lambda: store.orders.cancel("O1", "C1", "x"),
              lambda: store.feedback.add("S1", None, "up"),
              lambda: import_rows(store, "faq", [{"question": "q", "answer": "a"}])):
    begun = time.monotonic()
    try:
        write()
    except StoreUnavailable as error:
        assert "只读" in str(error), error
        assert time.monotonic() - begun < 2.2
    else:
        raise SystemExit("written into a read-only file")
assert store.orders.get("O1").status == "to_ship"
"""


def test_a_read_only_file_is_read_and_writes_say_why(sqlite_store, sqlite_url):
    import_rows(sqlite_store, "orders", [ROW])
    sqlite_store.close()
    path = sqlite_store.database.path
    path.chmod(0o444)
    url = sqlite_url
    if os.getuid() == 0:
        # Root may write whatever the mode says; opened as read-only the file answers just the same.
        url = f"{sqlite_url}?mode=ro"
    done = subprocess.run([sys.executable, "-c", _READ_ONLY, url], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_a_file_that_is_no_database_is_refused(tmp_path):
    path = tmp_path / "zhike.db"
    path.write_bytes(b"this is not a database" * 500)
    with fails_within_two_seconds("不是知客的数据库文件"):
        Store.open(f"sqlite:///{path}")


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("x")
    with fails_within_two_seconds("建不了数据库文件"):
        Store.open(f"sqlite:///{tmp_path / 'file' / 'zhike.db'}")


def test_an_import_that_breaks_halfway_stores_nothing(store, monkeypatch):
    from store.importing import orders as importing_orders

    monkeypatch.setattr(
        importing_orders.order_lines, "insert", lambda: (_ for _ in ()).throw(RuntimeError("power cut"))
    )
    with pytest.raises(RuntimeError):
        import_rows(store, "orders", [ROW])
    assert store.orders.get("O1") is None


class TestPostgres:
    @pytest.fixture
    def server(self, postgres):
        return postgres

    @pytest.fixture
    def pg_url(self, postgres, postgres_template):
        return postgres.new_database(postgres_template)

    def test_no_server_is_said_without_the_password(self):
        with fails_within_two_seconds("连不上", "127.0.0.1"):
            Store.open("postgresql://zhike:geheim@127.0.0.1:9/shop")
        with pytest.raises(StoreUnavailable) as failed:
            Store.open("postgresql://zhike:geheim@127.0.0.1:9/shop")
        assert "geheim" not in str(failed.value)

    def test_a_locked_table_is_given_up(self, server, pg_url):
        with Store.open(pg_url) as store:
            import_rows(store, "orders", [ROW])
            other = psycopg2.connect(pg_url)
            other.cursor().execute("LOCK TABLE orders IN ACCESS EXCLUSIVE MODE")
            with fails_within_two_seconds("正被另一个程序占用"):
                store.orders.cancel("O1", "C1", "x")
            other.close()
            assert store.orders.get("O1").status == "to_ship"

    def test_connections_that_were_cut_are_made_anew(self, server, pg_url):
        name = pg_url.rsplit("/", 1)[1]
        with Store.open(pg_url) as store:
            store.check_writable()
            server.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
            store.check_writable()

    def test_a_database_that_takes_nobody_is_said_and_comes_back(self, server, pg_url):
        name = pg_url.rsplit("/", 1)[1]
        with Store.open(pg_url) as store:
            server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
            server.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
            for use in (
                store.check_writable,
                lambda: store.orders.get("O1"),
                lambda: store.feedback.add("S1", None, "up"),
            ):
                with fails_within_two_seconds("连不上"):
                    use()
            server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
            store.check_writable()

    def test_a_stand_by_that_only_reads_is_said(self, server, pg_url):
        server.execute(f"ALTER DATABASE {pg_url.rsplit('/', 1)[1]} SET default_transaction_read_only = on")
        with Store.open(pg_url) as store, fails_within_two_seconds("只读"):
            store.check_writable()


def test_neither_logs_nor_errors_show_personal_data(store, caplog):
    caplog.set_level("DEBUG")
    with pytest.raises(IntegrityError) as failed, store.database.write() as connection:
        connection.execute(customers.insert(), {"customer_id": "C1", "phone": "13800000000"})
    assert "parameters hidden" in str(failed.value)
    assert "13800000000" not in caplog.text
