"""The migrations make exactly the tables that the code uses, up and down, whoever starts first."""

from __future__ import annotations

import multiprocessing
import subprocess
import sys

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

import store as package
from store import Store, StoreError, schema
from store.database import Database
from store.tables import metadata
from store.types import JsonText, TypedText, UtcDateTime


@pytest.fixture
def database(new_url):
    opened = Database(new_url())
    opened.create_file()
    yield opened
    opened.close()


def _tables(database):
    with database.read() as connection:
        return set(inspect(connection).get_table_names()) - {"alembic_version"}


def _compare_type(_context, _inspected, _column, found, wanted):
    return False if isinstance(wanted, (JsonText, TypedText, UtcDateTime)) else None


def test_head_is_the_newest_revision():
    config = Config()
    config.set_main_option("script_location", str(package.__path__[0] + "/migrations"))
    assert ScriptDirectory.from_config(config).get_current_head() == schema.HEAD


def test_upgrading_gives_the_tables_of_the_code(database):
    schema.bring_up_to_date(database)
    with database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": _compare_type})
        assert compare_metadata(context, metadata) == []


def test_every_step_goes_down_and_up_again(database):
    schema.migrate(database, "0001")
    assert "products" in _tables(database) and "turns" not in _tables(database)
    schema.migrate(database, "0002")
    assert _tables(database) == set(metadata.tables)
    schema.migrate(database, "0001")
    assert "turns" not in _tables(database)
    schema.migrate(database, "base")
    assert _tables(database) == set()
    schema.bring_up_to_date(database)
    assert _tables(database) == set(metadata.tables)


def test_an_up_to_date_store_opens_without_alembic(sqlite_url):
    code = (
        f"import sys; from store import Store; Store.open({sqlite_url!r}).close(); sys.exit('alembic' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_a_database_of_a_newer_version_is_refused_with_the_reason(new_url):
    url = new_url()
    with Store.open(url) as opened, opened.database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="更新版本"):
        Store.open(url)


def _open(url, outcomes):
    try:
        Store.open(url).close()
        outcomes.put("open")
    except Exception as error:
        outcomes.put(repr(error))


def test_programs_that_start_together_make_the_tables_once(new_url):
    spawn = multiprocessing.get_context("spawn")
    url, outcomes = new_url(), spawn.Queue()
    programs = [spawn.Process(target=_open, args=(url, outcomes)) for _ in range(3)]
    for program in programs:
        program.start()
    assert [outcomes.get(timeout=60) for _ in programs] == ["open"] * 3
    for program in programs:
        program.join()


def test_the_folder_of_the_file_is_made(tmp_path):
    path = tmp_path / "neu 新" / "a%b" / "zhike.db"
    Store.open(f"sqlite:///{path}").close()
    assert path.is_file()
    assert path.stat().st_mode & 0o077 == 0, "orders and phones are nobody else's business"


@pytest.mark.parametrize(
    ("address", "said"),
    [("sqlite://", "内存数据库"), ("mysql://root@localhost/shop", "PostgreSQL"), ("nonsense", "地址写错")],
)
def test_an_address_that_cannot_be_used_is_explained(address, said):
    with pytest.raises(StoreError, match=said):
        Store.open(address)
