"""Which records are measured: the shop's, or those of a file."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from actions.shelf import as_facts, as_items
from bot.errors import Problem
from bot.evaluation.labelled import BadFile
from bot.evaluation.suggestions import Log
from bot.settings import load
from store import Store, StoreError
from store.importing import import_file


def shop_log() -> Log:
    """All events, goods and customers of the shop. Raises Problem."""
    settings = load()
    try:
        with Store.open(settings.url, busy_timeout_ms=settings.busy_ms) as store:
            return Log(
                store.behaviour.interactions(),
                as_items(store.catalogue.snapshot()),
                as_facts(store),
            )
    except StoreError as error:
        raise Problem("读不了店里的记录", str(error), "看 zhike doctor 怎么说") from error


def log_of(file: Path) -> Log:
    """Events of a file as for `zhike import events`, read as the import reads it. Raises BadFile."""
    if not file.is_file():
        raise BadFile(file, "没有这个文件")
    with TemporaryDirectory(prefix="zhike-log-") as folder, Store.open(f"sqlite:///{folder}/log.db") as store:
        report = import_file(store, "events", file)
        if not report.ok:
            first = report.problems[0]
            raise BadFile(file, "：".join(filter(None, (first.column, first.message))), first.line)
        return Log(store.behaviour.interactions())
