"""How long a message takes to be read, with everything on: one by one, and many at once.

"known" messages are training messages, "unseen" ones the hard messages of tests/nlu/measured.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from benchmarks.turns import KINDS, messages_sent, percentiles, training_messages, zhike

ONE_BY_ONE, WARM_UP = 250, 64


def run(work: Path) -> dict[str, Any]:
    """Of the model in the bench's home, which is trained first when it has to be."""
    home = work / "zhike"
    for args in (["demo", "--if-empty"], ["train", "--if-needed"]):
        zhike(*args, env={"ZHIKE_HOME": str(home)})
    from bot.runtime.light_start import one_thread_a_product

    one_thread_a_product()
    from bot.cli.parse import reading

    sent, figures = messages_sent(training_messages()), {}
    with reading(home / "models/current/rasa.tar.gz") as read:
        list(read(sent["known"][-WARM_UP:]))  # encoders and dictionaries are loaded
        for kind in KINDS:
            alone, many = sent[kind][:ONE_BY_ONE], sent[kind][: 2 * ONE_BY_ONE]
            figures[kind] = {**percentiles([_milliseconds(read, [text]) for text in alone])}
            figures[kind]["together_a_second"] = round(1000 * len(many) / _milliseconds(read, many), 1)
    return figures


def _milliseconds(read: Any, texts: list[str]) -> float:
    started = time.perf_counter()
    list(read(texts))
    return 1000 * (time.perf_counter() - started)


def table(figures: dict[str, Any]) -> list[list[str]]:
    """Rows for people: messages, one by one, together."""
    rows = [["messages", "one, p50, ms", "one, p95, ms", "many, a second"]]
    for kind, measured in figures.items():
        rows.append([kind, *(str(measured[key]) for key in ("p50_ms", "p95_ms", "together_a_second"))])
    return rows
