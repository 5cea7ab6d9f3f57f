"""Group commit: durable when acknowledged, nobody pays for somebody else's mistake."""

from __future__ import annotations

import threading
from concurrent.futures import wait

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from store import Store, StoreError
from store.models import Turn
from store.tables import unanswered


def _job(clock, text, fail=False):
    def job(connection):
        connection.execute(
            unanswered.insert(), {"text": text, "customer_id": None, "product_id": None, "at": clock.now()}
        )
        if fail:
            raise ZeroDivisionError(text)
        return text

    return job


def _written(store):
    with store.database.read() as connection:
        return list(connection.execute(select(unanswered.c.text).order_by(unanswered.c.unanswered_id)).scalars())


def test_a_job_that_resolved_can_be_read_by_another_program(store, url, clock):
    assert store.writer.submit(_job(clock, "一")).result() == "一"
    with Store.open(url) as other:
        assert _written(other) == ["一"]


def test_a_failing_job_leaves_no_trace_and_hurts_nobody(store, clock):
    gate = threading.Event()
    store.writer.submit(lambda connection: gate.wait(5))
    jobs = [store.writer.submit(_job(clock, text, fail=text == "坏")) for text in ("好", "坏", "也好")]
    gate.set()
    assert jobs[0].result() == "好" and jobs[2].result() == "也好"
    with pytest.raises(ZeroDivisionError):
        jobs[1].result()
    assert _written(store) == ["好", "也好"]


def test_jobs_that_wait_share_one_commit(sqlite_store, clock):
    commits = 0
    write = sqlite_store.database.write

    def counted(*args):
        nonlocal commits
        commits += 1
        return write(*args)

    sqlite_store.database.write = counted
    started, gate = threading.Event(), threading.Event()
    sqlite_store.writer.submit(lambda connection: (started.set(), gate.wait(5)))
    assert started.wait(5)
    jobs = [sqlite_store.writer.submit(_job(clock, str(number))) for number in range(50)]
    gate.set()
    wait(jobs)
    assert commits == 2


def test_nothing_resolves_before_the_commit(sqlite_store, sqlite_url, clock):
    seen = []
    with Store.open(sqlite_url) as other:
        future = sqlite_store.writer.submit(_job(clock, "一"))
        future.add_done_callback(lambda _: seen.append(_written(other)))
        future.result()
        sqlite_store.writer.flush()
    assert seen == [["一"]]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.booleans(), min_size=1, max_size=30))
def test_exactly_the_good_jobs_are_written_in_their_order(sqlite_store, clock, fails):
    before = len(_written(sqlite_store))
    jobs = [sqlite_store.writer.submit(_job(clock, str(number), fail)) for number, fail in enumerate(fails)]
    wait(jobs)
    assert [job.exception() is not None for job in jobs] == fails
    assert _written(sqlite_store)[before:] == [str(number) for number, fail in enumerate(fails) if not fail]


def test_many_threads_lose_nothing(store, clock):
    def talk(number):
        for step in range(10):
            store.log_turn(Turn(f"{number}-{step}", f"S{number}", None, clock.now(), "你好"), (), ["{}"]).result()

    threads = [threading.Thread(target=talk, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(list(store.conversations.turns())) == 80
    assert all(len(store.tracker_events.load(f"S{number}")) == 10 for number in range(8))


def test_closing_writes_what_waits_and_then_refuses(sqlite_url, clock):
    store = Store.open(sqlite_url)
    jobs = [store.writer.submit(_job(clock, str(number))) for number in range(20)]
    store.close()
    assert all(job.done() and job.exception() is None for job in jobs)
    with pytest.raises(StoreError, match="已经关闭"):
        store.writer.submit(_job(clock, "x"))
    store.close()


@pytest.mark.parametrize("typed", ["空\x00字符", "半个\ud83d表情", "😡" * 2000, "'; DROP TABLE turns; --", "​‮"])
def test_whatever_is_typed_is_logged(store, clock, typed):
    store.log_turn(
        Turn("T1", "S1", "C1", clock.now(), typed, entities=[{"value": typed}], replies=[{"text": typed}]), (), [typed]
    ).result()
    assert len(store.conversations.history("S1")) == 1 and len(store.tracker_events.load("S1")) == 1
    store.feedback.add("S1", "C1", "down", comment=typed)
    store.cases.unanswered(typed, "C1")
