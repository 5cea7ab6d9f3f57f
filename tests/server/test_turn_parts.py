"""The parts of a turn that need no model: pace, outbox, durable log, threads, wordings, masks, live trackers."""

from __future__ import annotations

import asyncio
import itertools
import logging
import random
import threading
import time
from concurrent.futures import Future
from typing import Any

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, SessionStarted, SlotSet, UserUttered

from bot.channels.conversation import Conversations
from bot.channels.limits import Pace, Refused, checked_message
from bot.channels.origins import Origins, from_this_machine
from bot.channels.socket import Outbox
from bot.channels.tokens import Identity
from bot.runtime.logs import MaskingFormatter, mask
from bot.runtime.threads import ActionThreads
from bot.runtime.trackers import LiveTrackerStore, serialised
from bot.runtime.turn import RunningTurn, running_turn
from bot.runtime.turn_log import TurnLog
from bot.runtime.wording import VariedResponses
from store.errors import StoreUnavailable

# --- what is let in -----------------------------------------------------------------------------------


def test_the_pace_lets_a_burst_through_and_then_so_many_a_minute():
    now = [0.0]
    pace = Pace(6, clock=lambda: now[0])
    for _ in range(6):
        pace.take("one")
    with pytest.raises(Refused) as told:
        pace.take("one")
    assert told.value.status == 429
    pace.take("another")
    now[0] = 10.0
    pace.take("one")


def test_no_pace_no_limit():
    pace = Pace(0)
    for _ in range(1000):
        pace.take("one")


@pytest.mark.parametrize(
    ("message", "status"), [(None, 400), (7, 400), (["a"], 400), ("", 400), (" \n", 400), ("a" * 21, 413)]
)
def test_a_message_that_cannot_be_is_refused(message: object, status: int):
    with pytest.raises(Refused) as told:
        checked_message(message, longest=20)
    assert told.value.status == status and told.value.reason


def test_own_page_and_named_pages_may_connect_and_no_others():
    origins = Origins(["https://shop.example/"])
    assert origins.allows(None, "127.0.0.1:5005") and origins.allows("http://127.0.0.1:5005", "127.0.0.1:5005")
    assert origins.allows("https://shop.example", "127.0.0.1:5005")
    for foreign in ("http://evil.example", "null", "http://127.0.0.1:5006", "https://shop.example.evil.example"):
        assert not origins.allows(foreign, "127.0.0.1:5005")


@pytest.mark.parametrize(
    ("ip", "host", "well"),
    [
        ("127.0.0.1", "127.0.0.1:5005", True),
        ("127.0.0.1", "localhost:5005", True),
        ("::1", "[::1]:5005", True),
        ("192.168.1.7", "127.0.0.1:5005", False),
        ("127.0.0.1", "evil.example:5005", False),
        ("127.0.0.1", "", False),
    ],
)
def test_this_machine_by_address_and_by_name(ip: str, host: str, well: bool):
    assert from_this_machine(ip, host) is well


# --- reconnect ----------------------------------------------------------------------------------------


def ids(messages: list[dict[str, Any]]) -> list[str]:
    return [message["message_id"] for message in messages]


def test_what_was_sent_to_nobody_is_given_once():
    outbox = Outbox(10)
    outbox.add("s", {"message_id": "1"}, delivered=True)
    outbox.add("s", {"message_id": "2"}, delivered=False)
    assert ids(outbox.missed("s", None)) == ["2"] and outbox.missed("s", None) == []


def test_what_came_after_the_last_one_seen_is_given():
    outbox = Outbox(10)
    for number in "1234":
        outbox.add("s", {"message_id": number}, delivered=True)
    assert (
        ids(outbox.missed("s", "2")) == ["3", "4"]
        and outbox.missed("s", "unknown") == []
        and outbox.missed("t", None) == []
    )


def test_the_outbox_keeps_only_the_last_messages():
    outbox = Outbox(2)
    for number in "123":
        outbox.add("s", {"message_id": number}, delivered=False)
    assert ids(outbox.missed("s", None)) == ["2", "3"]


# --- the durable log ----------------------------------------------------------------------------------


class Writer:
    """A database that can be told to fail."""

    def __init__(self) -> None:
        self.written: list[str] = []
        self.error: Exception | None = None
        self.hold: list[Future[None]] | None = None

    def __call__(self, turn: str, impressions: Any, events: Any) -> Future[None]:
        future: Future[None] = Future()
        if self.hold is not None:
            self.hold.append(future)
        elif self.error is not None:
            future.set_exception(self.error)
        else:
            self.written.append(turn)
            future.set_result(None)
        return future


async def test_a_turn_is_in_the_database_before_commit_returns():
    writer = Writer()
    assert await TurnLog(writer).commit("t1", (), (), 1) and writer.written == ["t1"]


async def test_turns_wait_in_order_while_the_database_is_away(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("bot.runtime.turn_log.RETRY_SECONDS", 0.02)
    writer = Writer()
    log = TurnLog(writer)
    writer.error = StoreUnavailable("locked")
    assert not await log.commit("t1", (), (), 1)
    writer.error = None
    assert not await log.commit("t2", (), (), 1)  # behind t1, or its events would be out of order
    assert log.behind == 2
    await asyncio.sleep(0.1)
    assert writer.written == ["t1", "t2"] and log.behind == 0
    assert await log.commit("t3", (), (), 1)


async def test_a_turn_that_can_never_be_written_holds_up_nobody():
    writer = Writer()
    log = TurnLog(writer)
    writer.error = TypeError("not JSON")
    assert not await log.commit("bad", (), (), 1)
    assert log.behind == 0


async def test_a_slow_database_does_not_hold_up_the_reply():
    writer = Writer()
    writer.hold = []
    started = time.monotonic()
    assert not await TurnLog(writer).commit("t1", (), (), 0.05)
    assert time.monotonic() - started < 1
    writer.hold[0].set_result(None)


# --- threads for actions ------------------------------------------------------------------------------


def test_a_hanging_worker_is_replaced():
    threads, release = ActionThreads(1), threading.Event()
    hanging = threads.submit(release.wait)
    while not hanging.running():
        time.sleep(0.005)
    threads.abandon(hanging)
    assert threads.submit(lambda: 7).result(2) == 7
    release.set()
    threads.close()


def test_what_has_not_begun_never_will():
    threads, release, done = ActionThreads(1), threading.Event(), []
    hanging = threads.submit(release.wait)
    while not hanging.running():
        time.sleep(0.005)
    waiting = threads.submit(lambda: done.append(1))
    threads.abandon(waiting)
    release.set()
    threads.submit(lambda: None).result(2)
    assert not done and waiting.cancelled()
    threads.close()


# --- wordings -----------------------------------------------------------------------------------------


async def test_the_same_wording_is_never_said_twice_running():
    responses = {"utter_hello": [{"text": "一"}, {"text": "二"}, {"text": "三"}]}
    varied = VariedResponses(responses, random.Random(1))
    tracker = LiveTrackerStore(None, 10, Domain.empty()).init_tracker("s")
    said = [(await varied.generate("utter_hello", tracker, "web"))["text"] for _ in range(60)]
    assert all(one != next_ for one, next_ in itertools.pairwise(said)) and set(said) == {"一", "二", "三"}


async def test_conditions_see_the_mood_that_the_action_hands_over():
    condition = [{"type": "slot", "name": "mood", "value": "negative"}]
    varied = VariedResponses({"utter_x": [{"text": "好 {n}"}, {"text": "抱歉 {n}", "condition": condition}]})
    tracker = LiveTrackerStore(None, 10, Domain.empty()).init_tracker("s")
    assert (await varied.generate("utter_x", tracker, "web", mood="negative", n=3))["text"] == "抱歉 3"
    assert (await varied.generate("utter_x", tracker, "web", mood="neutral", n=3))["text"] == "好 3"
    assert await varied.generate("utter_unknown", tracker, "web") is None


# --- logs ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "secret", ["13812345678", "730101015827", "SF1390284756021", "a.b@example.cn", "杭州市西湖区文三路1号"]
)
def test_what_belongs_to_a_customer_is_masked(secret: str):
    assert secret not in mask(f"订单{secret}，") and secret not in mask(f"x {secret} y")


def test_masking_reaches_arguments_and_tracebacks():
    try:
        raise ValueError("手机 13812345678")
    except ValueError as error:
        record = logging.LogRecord(
            "x", logging.ERROR, "f", 1, "order %s", ("730101015827",), (type(error), error, error.__traceback__)
        )
    line = MaskingFormatter("%(asctime)s %(message)s").format(record)
    assert "13812345678" not in line and "730101015827" not in line and "ValueError" in line


def test_times_and_addresses_of_machines_stay_readable():
    assert mask("2026-11-25 12:46:57,123 127.0.0.1:5005") == "2026-11-25 12:46:57,123 127.0.0.1:5005"


# --- live trackers ------------------------------------------------------------------------------------

DOMAIN = Domain.from_dict(
    {
        "intents": ["greet"],
        "slots": {"shown": {"type": "any", "influence_conversation": False, "mappings": [{"type": "custom"}]}},
        "actions": ["action_x"],
    }
)


class Events:
    def __init__(self) -> None:
        self.rows: dict[str, list[str]] = {}

    def append(self, sender_id: str, events: list[str]) -> Future[None]:
        self.rows.setdefault(sender_id, []).extend(events)
        done: Future[None] = Future()
        done.set_result(None)
        return done

    def load(self, sender_id: str) -> list[str]:
        return self.rows.get(sender_id, [])


async def test_a_turn_gets_its_new_events_and_only_those():
    trackers = LiveTrackerStore(Events(), 10, DOMAIN)
    tracker = await trackers.get_or_create_tracker("s")
    token = running_turn.set(turn := RunningTurn(deadline=0))
    try:
        tracker.update(UserUttered("你好", {"name": "greet"}))
        await trackers.save(tracker)
        tracker.update(ActionExecuted("action_x"))
        await trackers.save(tracker)
    finally:
        running_turn.reset(token)
    assert [type(event) for event in turn.events] == [UserUttered, ActionExecuted]


async def test_a_talk_goes_on_after_a_restart():
    events = Events()
    before = LiveTrackerStore(events, 10, DOMAIN)
    tracker = await before.get_or_create_tracker("s")
    for event in (
        UserUttered("昨天", {"name": "greet"}),
        ActionExecuted("action_session_start"),
        SessionStarted(),
        ActionExecuted("action_listen"),
        UserUttered("你好", {"name": "greet"}),
        SlotSet("shown", ["p1"]),
    ):
        tracker.update(event)
    await before.save(tracker)
    again = await LiveTrackerStore(events, 10, DOMAIN).retrieve("s")
    assert again is not None and again.latest_message.text == "你好" and again.get_slot("shown") == ["p1"]
    assert [event.text for event in again.events if isinstance(event, UserUttered)] == ["你好"]  # the latest session


async def test_only_so_many_talks_stay_in_memory_and_none_is_lost():
    trackers = LiveTrackerStore(Events(), 2, DOMAIN)
    for sender in "abc":
        tracker = await trackers.get_or_create_tracker(sender)
        tracker.update(UserUttered(sender, {"name": "greet"}))
        await trackers.save(tracker)
    assert trackers.peek("a") is None
    assert (await trackers.retrieve("a")).latest_message.text == "a"
    assert serialised([UserUttered("你好", {"name": "greet"})])[0].count("你好") >= 1


def test_the_aspect_that_was_a_reason_is_kept_with_what_was_shown():
    items = [
        {"product_id": "P1", "reason": "提到续航的 20 条评价里 19 条说续航好", "aspect": "续航"},
        {"product_id": "P2"},
    ]
    data = {"type": "products", "impression_id": "i1", "strategy": "content", "items": items}
    (shown,) = Conversations._impressions(
        None, Identity("C1", False), None, [{"text": "…"}, {"custom": {"data": data}}]
    )
    assert [(item["product_id"], item["aspect"]) for item in shown.items] == [("P1", "续航"), ("P2", None)]
