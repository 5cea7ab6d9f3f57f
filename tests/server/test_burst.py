"""Short messages in a row: read together after a silence, answered once, none lost, nobody waits long.

The rules with times given, the waiting on a loop whose clock jumps, the journey over Socket.IO of a real server.
"""

from __future__ import annotations

import asyncio
import selectors
import signal
import sqlite3
import time
from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.burst import LONGEST, Burst, Bursts, Typed, calls_for_person, joined, reads_finished
from bot.channels.socket import Outbox
from bot.channels.tokens import Identity, issue, load_key, visitor
from tests.homes import Server, copy_home, serving
from tests.sockets import connected

# --- what a message tells -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["鞋子有点挤脚。", "能开专票吗", "这个锅多少钱？？", "上个月下单的那台加湿器一直在冒热气"]
)
def test_a_sentence_a_question_or_a_paragraph_reads_as_finished(text: str):
    assert reads_finished(text)


@pytest.mark.parametrize(
    "text",
    [
        "亲",
        "在吗？",
        "掌柜的在不",
        "您好！",
        "请问一下",
        "我上次那个",
        "昨天买的杯子",
        "上个月下单的那台加湿器水箱裂了，",
    ],
)
def test_an_opening_or_a_piece_does_not(text: str):
    assert not reads_finished(text)


@pytest.mark.parametrize("text", ["转人工", "人工客服", "请帮我转人工！", "我要人工服务"])
def test_a_call_for_a_person_is_heard_as_one(text: str):
    assert calls_for_person(text)


@pytest.mark.parametrize("text", ["人工费怎么收", "转人工要等多久", "不转人工", "手工皂有吗"])
def test_other_talk_of_people_is_not(text: str):
    assert not calls_for_person(text)


def test_pieces_are_joined_so_that_clauses_stay_apart():
    assert joined(["你好", "鞋子大了！", "能换吗", "😡", "急"]) == "你好，鞋子大了！ 能换吗，😡 急"
    assert joined([" 原样 "]) == " 原样 "


# --- how long is waited, with a silence of one second -------------------------------------------------


def burst(*typed: tuple[float, str], seconds: float = 1, longest: int = 100) -> Burst:
    """A burst with messages as (time, text); texts in [] are to be answered at once."""
    made = Burst(seconds, longest)
    for at, text in typed:
        made.add(Typed(text, {}, text.startswith("["), at))
    return made


def turns(of: Burst) -> list[str]:
    """All that waits, turn by turn."""
    taken = []
    while of:
        taken.append(of.take()[0])
    return taken


def test_a_piece_waits_the_silence_and_each_new_one_waits_it_again():
    assert burst((0, "我上次那个")).due() == 1
    assert burst((0, "我上次那个"), (0.8, "蓝色的杯子")).due() == 1.8


def test_what_reads_as_finished_waits_less():
    assert burst((0, "我上次那个"), (0.5, "能换吗")).due() == pytest.approx(0.8)


def test_typing_makes_it_wait_and_what_was_typed_ends_that():
    waiting = burst((0, "能换吗"))
    waiting.typing(0.2)
    assert waiting.due() == pytest.approx(1.2)
    waiting.add(Typed("盒子还在呢", {}, False, 0.6))
    assert waiting.due() == pytest.approx(0.9)


def test_somebody_who_types_on_and_on_is_answered_after_a_few_seconds():
    waiting = burst(*[(0.9 * number, "还有") for number in range(10)])
    waiting.typing(9)
    assert waiting.due() == LONGEST


def test_a_button_or_a_call_goes_at_once_with_what_waits_before_it_and_in_order():
    waiting = burst((0, "我上次那个"), (0.1, "杯子"), (0.2, "[确认]"), (0.3, "还有"))
    assert waiting.due() <= 0.3
    assert turns(waiting) == ["我上次那个，杯子", "[确认]", "还有"]
    assert burst((0.2, "[确认]")).due() == 0.2


def test_together_they_are_never_longer_than_one_message_may_be():
    assert turns(burst((0, "一" * 60), (0, "二" * 39), (0, "三"))) == ["一" * 60 + "，" + "二" * 39, "三"]


def test_without_a_silence_each_message_is_answered_by_itself_and_at_once():
    waiting = burst((0, "你好"), (0, "杯子"), seconds=0)
    assert waiting.due() == 0
    assert turns(waiting) == ["你好", "杯子"]
    assert burst((3, "杯子"), seconds=0).due() == 3


def test_where_pages_differ_the_later_one_holds():
    waiting = Burst(1, 100)
    waiting.add(Typed("这个", {"product_id": "P1", "from": "list"}, False, 0))
    waiting.add(Typed("有货吗", {"product_id": "P2"}, False, 0.5))
    assert waiting.take() == ("这个，有货吗", {"product_id": "P2", "from": "list"})


# --- waiting and answering, on a clock that jumps -----------------------------------------------------


class Jumping(selectors.DefaultSelector):
    """Where a loop would sleep until its next timer, the clock jumps there."""

    now = 0.0

    def select(self, timeout: float | None = None) -> list[Any]:
        self.now += timeout or 0
        return super().select(0)


def play(journey: Coroutine[Any, Any, None]) -> None:
    clock = Jumping()
    loop = asyncio.SelectorEventLoop(clock)
    loop.time = lambda: clock.now  # type: ignore[method-assign]
    try:
        loop.run_until_complete(journey)
    finally:
        loop.close()


class Clerk:
    """Answers in `takes` seconds and notes (when it was begun, text)."""

    def __init__(self, takes: float = 0.1, seconds: float = 1):
        self.takes, self.heard = takes, []
        self.bursts = Bursts(seconds, 100, self.answer)

    async def answer(self, who: Any, text: str, page: dict[str, Any]) -> None:
        self.heard.append((round(asyncio.get_running_loop().time(), 3), text))
        await asyncio.sleep(self.takes)


def test_three_pieces_are_one_turn():
    async def journey() -> None:
        clerk, who = Clerk(), visitor()
        for text in ("你好", "我上次那个杯子", "漏水"):
            clerk.bursts.add(who, text, {})
            await asyncio.sleep(0.9)
        await asyncio.sleep(5)
        assert clerk.heard == [(2.8, "你好，我上次那个杯子，漏水")]
        clerk.bursts.add(who, "谢谢。", {})
        await asyncio.sleep(5)
        assert clerk.heard[1:] == [(8.0, "谢谢。")]

    play(journey())


def test_what_comes_while_a_turn_is_answered_is_read_with_what_follows():
    async def journey() -> None:
        clerk, who = Clerk(takes=2), visitor()
        clerk.bursts.add(who, "杯子漏水了。", {})  # begun at 0.3, done at 2.3
        for pause, text in ((1, "还有"), (1, "盖子也"), (0.5, "裂了")):
            await asyncio.sleep(pause)
            clerk.bursts.add(who, text, {})
        await asyncio.sleep(9)
        assert clerk.heard == [(0.3, "杯子漏水了。"), (3.5, "还有，盖子也，裂了")]

    play(journey())


def test_a_button_ends_the_waiting():
    async def journey() -> None:
        clerk, who = Clerk(), visitor()
        clerk.bursts.add(who, "我上次那个", {})
        await asyncio.sleep(0.4)
        clerk.bursts.add(who, "[确认]", {}, alone=True)
        await asyncio.sleep(5)
        assert clerk.heard == [(0.4, "我上次那个"), (0.5, "[确认]")]

    play(journey())


def test_typing_prolongs_the_waiting_and_typing_alone_is_no_message():
    async def journey() -> None:
        clerk, who = Clerk(), visitor()
        clerk.bursts.typing(who.sender_id)
        clerk.bursts.add(who, "杯子漏水了。", {})
        for _ in range(3):
            await asyncio.sleep(0.25)
            clerk.bursts.typing(who.sender_id)
        await asyncio.sleep(5)
        assert clerk.heard == [(1.75, "杯子漏水了。")]

    play(journey())


def test_conversations_do_not_wait_for_each_other():
    async def journey() -> None:
        clerk = Clerk(takes=5)
        for text in ("杯子漏水了。", "鞋子大了。"):
            clerk.bursts.add(visitor(), text, {})
        await asyncio.sleep(9)
        assert clerk.heard == [(0.3, "杯子漏水了。"), (0.3, "鞋子大了。")]

    play(journey())


def test_at_the_end_of_the_day_what_waits_is_answered_first():
    async def journey() -> None:
        clerk, who = Clerk(), visitor()
        for text in ("你好", "我上次那个"):
            clerk.bursts.add(who, text, {})
        await clerk.bursts.close()
        assert clerk.heard == [(0.0, "你好，我上次那个")]

    play(journey())


WORDS = st.sampled_from(["你好", "我上次那个", "漏水了。", "能换吗", "[确认]", "…"])


@settings(deadline=None)  # machines that test are slow at times
@given(
    said=st.lists(st.tuples(st.floats(0, 3), WORDS), max_size=12),
    takes=st.floats(0, 4),
    seconds=st.sampled_from([0, 0.5, 1]),
)
def test_nothing_is_lost_or_turned_round_and_nobody_waits_longer_than_the_longest(said, takes, seconds):
    async def journey() -> None:
        clerk, who, sent = Clerk(takes, seconds), visitor(), []
        loop = asyncio.get_running_loop()
        for pause, text in said:
            await asyncio.sleep(pause)
            sent.append((loop.time(), text))
            clerk.bursts.add(who, text, {}, alone=text.startswith("["))
        await asyncio.sleep(200)
        free = 0.0
        for begun, whole in clerk.heard:
            since, first = sent[0]
            rest = whole
            while rest:  # each typed text in turn, parted by a joiner
                _, text = sent.pop(0)
                assert rest.startswith(text)
                rest = rest[len(text) :].lstrip("， ")
            assert begun <= max(since + LONGEST * seconds, free) + 0.01
            assert not first.startswith("[") or whole == first
            free = begun + takes
        assert not sent

    play(journey())


def test_a_button_that_posts_words_is_known_by_what_was_offered():
    outbox = Outbox(5)
    outbox.add("one", {"message_id": "1", "buttons": [{"title": "再试一次", "payload": "杯子漏水了"}]}, True)
    assert outbox.offers("one", "杯子漏水了") and not outbox.offers("one", "再试一次")
    assert not outbox.offers("two", "杯子漏水了")


# --- the journey over Socket.IO, with a silence that cannot be taken for slowness ----------------------

SILENCE = 3.0


@pytest.fixture(scope="module")
def patient(trained_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    home = copy_home(trained_home, tmp_path_factory.mktemp("bursts") / "home")
    patience = {"ZHIKE_ACTION_SECONDS": "8", "ZHIKE_TURN_SECONDS": "9"}
    with serving(home, ZHIKE_BURST_SECONDS=str(SILENCE), ZHIKE_MESSAGE_CHARS="50", **patience) as running:
        yield running


def token_of(server: Server, who: Identity) -> str:
    return issue(load_key(server.home), who, 1)


def logged(server: Server, sender_id: str) -> list[tuple[str, str]]:
    """(text, intent) of each turn of the conversation."""
    with sqlite3.connect(server.home / "zhike.db") as database:
        query = "select text, intent from turns where sender_id = ? order by row_no"
        return database.execute(query, (sender_id,)).fetchall()


async def test_three_messages_are_one_turn_that_holds_them_all(patient: Server, people: list[str]):
    who = patient.identity(people[0], "three")
    async with connected(patient, patient.token(people[0], "three")) as client:
        for text in ("你好", "我买的那个", "现在送到哪里了"):
            await client.io.emit("user_uttered", {"message": text})
        assert (await client.next("bot_uttered"))["text"]
        assert await client.quiet(0.3)
    [(text, intent)] = logged(patient, who.sender_id)
    assert text == "你好，我买的那个，现在送到哪里了" and intent == "track_order"


async def test_who_leaves_while_it_waits_finds_the_answer_on_coming_back(patient: Server, people: list[str]):
    who, token = patient.identity(people[0], "left"), patient.token(people[0], "left")
    async with connected(patient, token) as client:
        await client.io.emit("user_uttered", {"message": "你好"})
        await client.io.emit("user_uttered", {"message": "我想看看"})
    await asyncio.sleep(SILENCE + 1)
    assert [text for text, _ in logged(patient, who.sender_id)] == ["你好，我想看看"]
    async with connected(patient, token) as client:
        await client.io.emit("session_request", {})
        assert (await client.next("bot_uttered"))["text"]


async def test_a_call_for_a_person_does_not_wait(patient: Server, people: list[str]):
    who = patient.identity(people[0], "person")
    async with connected(patient, patient.token(people[0], "person")) as client:
        started = time.monotonic()
        await client.io.emit("user_uttered", {"message": "昨天买的杯子"})
        await client.io.emit("user_uttered", {"message": "转人工"})
        while ((await client.next("bot_uttered")).get("custom") or {}).get("data", {}).get("state") != "queued":
            pass
        assert time.monotonic() - started < SILENCE
        # Waiting for the person is given up in the last piece of a burst.
        for text in ("算了", "不等了"):
            await client.io.emit("user_uttered", {"message": text})
        assert (await client.next("bot_uttered"))["custom"]["data"]["state"] == "ended"
    assert [text for text, _ in logged(patient, who.sender_id)] == ["昨天买的杯子", "转人工", "算了，不等了"]


async def test_a_button_does_not_wait(patient: Server, people: list[str]):
    async with connected(patient, patient.token(people[0], "button")) as client:
        await client.io.emit("user_uttered", {"message": "推荐几款蓝牙耳机？"})
        offered = await client.next("bot_uttered")
        started = time.monotonic()
        await client.io.emit("user_uttered", {"message": offered["buttons"][0]["payload"]})
        assert (await client.next("bot_uttered"))["text"]
        assert time.monotonic() - started < SILENCE


async def test_one_message_too_long_is_refused_and_the_others_are_answered(patient: Server):
    who = visitor()
    async with connected(patient, token_of(patient, who)) as client:
        await client.io.emit("user_uttered", {"message": "你好"})
        await client.io.emit("user_uttered", {"message": "长" * 51})
        assert "太长" in (await client.next("bot_uttered"))["text"]
        await client.io.emit("user_typing")
        await client.io.emit("user_uttered", {"message": "我想看看"})
        assert (await client.next("bot_uttered"))["message_id"]
    assert [text for text, _ in logged(patient, who.sender_id)] == ["你好，我想看看"]


async def test_a_server_that_is_stopped_answers_what_waits(patient: Server):
    """Last, since it ends the server."""
    who = visitor()
    async with connected(patient, token_of(patient, who)) as client:
        started = time.monotonic()
        await client.io.emit("user_uttered", {"message": "我想看看"})
        await asyncio.sleep(0.2)
        patient.process.send_signal(signal.SIGINT)
        assert (await client.next("bot_uttered"))["text"]
        assert time.monotonic() - started < SILENCE
        await asyncio.get_running_loop().run_in_executor(None, patient.process.wait, 20)
    assert [text for text, _ in logged(patient, who.sender_id)] == ["我想看看"]
