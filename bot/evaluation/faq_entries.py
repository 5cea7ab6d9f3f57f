"""Which answers are measured: the shop's, or those of a file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from actions.faq import best_index
from actions.faq_match import Index
from bot.components.encoders import faq_encoders
from bot.errors import Problem
from bot.evaluation.labelled import BadFile
from bot.settings import load
from store import Store, StoreError
from store.importing import import_file
from store.models import FaqEntry


def shop_entries() -> Sequence[FaqEntry]:
    """Those valid in the shop today. Raises Problem."""
    settings = load()
    try:
        with Store.open(settings.url, busy_timeout_ms=settings.busy_ms) as store:
            return store.faq.snapshot()[1]
    except StoreError as error:
        raise Problem("读不了店里的问答", str(error), "看 zhike doctor 怎么说") from error


def entries_of(file: Path) -> Sequence[FaqEntry]:
    """Those of a file as for `zhike import faq`, read as the import reads it. Raises BadFile."""
    if not file.is_file():
        raise BadFile(file, "没有这个文件")
    with TemporaryDirectory(prefix="zhike-faq-") as folder, Store.open(f"sqlite:///{folder}/faq.db") as store:
        report = import_file(store, "faq", file)
        if not report.ok:
            raise BadFile(file, report.problems[0].message, report.problems[0].line)
        return store.faq.snapshot()[1]


def finder(entries: Sequence[FaqEntry]) -> Index:
    """The index that a conversation would ask, made at once."""
    return best_index(entries, faq_encoders(load().cache / "faq"))
