"""Whatever breaks: an apology or an honest lesser answer within three seconds, and nothing recorded as done that was
not.
"""

from __future__ import annotations

import asyncio
import itertools
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from rasa.shared.core.events import ActionExecuted

from bot.channels.tokens import Identity, visitor
from bot.runtime.health import Health
from tests.homes import ZHIKE, clean_environment, copy_home, free_port, serving

LIMIT = 3.0
_sessions = itertools.count()


def as_customer(customer_id: str) -> Identity:
    return Identity(customer_id, anonymous=False, session=f"fault-{next(_sessions)}")


async def say(bot: Any, who: Identity, text: str) -> list[dict[str, Any]]:
    """One turn, which must not be silent and must not take longer than the limit."""
    started = time.monotonic()
    replies = await bot.conversations.turn(who, text, "web")
    assert time.monotonic() - started < LIMIT
    assert replies and all(reply.get("text") for reply in replies)
    return replies


def button(replies: list[dict[str, Any]], words: str) -> str:
    return next(one["payload"] for reply in replies for one in reply.get("buttons", []) if words in one["title"])


def offers_a_way_on(replies: list[dict[str, Any]]) -> bool:
    titles = [one["title"] for reply in replies for one in reply.get("buttons", [])]
    return any("再试" in title for title in titles) and any("人工" in title for title in titles)


def last_turn(bot: Any, who: Identity) -> Any:
    return bot.store.conversations.history(sender_id=who.sender_id)[-1]


def executed(bot: Any, who: Identity) -> list[str]:
    tracker = bot.agent.tracker_store.peek(who.sender_id)
    return [event.action_name for event in tracker.events if isinstance(event, ActionExecuted)]


@pytest.fixture
def broken(bot: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, Callable[..., Any]], None]:
    """Put something else in the place of an action."""

    def break_it(action: str, instead: Callable[..., Any]) -> None:
        monkeypatch.setitem(bot.actions.executor.actions, action, instead)

    return break_it


# --- actions ------------------------------------------------------------------------------------------


async def test_an_action_that_raises_is_an_apology_and_not_recorded_as_done(bot: Any, broken: Any):
    def raises(dispatcher: Any, tracker: Any, domain: Any) -> list:
        dispatcher.utter_message(text="已经办好了")
        raise RuntimeError("broken")

    broken("action_request_recommendation", raises)
    who = visitor()
    replies = await say(bot, who, "推荐几款蓝牙耳机")
    assert "已经办好了" not in str(replies) and offers_a_way_on(replies)
    assert "action_request_recommendation" not in executed(bot, who)
    turn = last_turn(bot, who)
    assert turn.outcome == "failed" and turn.actions == ["action_request_recommendation!"]


async def test_an_action_that_hangs_is_an_apology_in_time_and_others_are_answered_meanwhile(bot: Any, broken: Any):
    broken("action_request_recommendation", lambda *_: time.sleep(4))
    hanging, other = visitor(), visitor()
    waiting = [asyncio.ensure_future(say(bot, who, "推荐几款蓝牙耳机")) for who in (hanging, visitor(), visitor())]
    await asyncio.sleep(0.2)
    started = time.monotonic()
    # Both action threads hang; a third talk waits for the first apology at most.
    await say(bot, other, "你好")
    assert time.monotonic() - started < LIMIT
    assert all(offers_a_way_on(replies) for replies in await asyncio.gather(*waiting))
    assert "action_request_recommendation" not in executed(bot, hanging)
    assert (await say(bot, hanging, "你好"))[0]["text"]


async def test_the_button_of_an_apology_tries_the_same_again(bot: Any, broken: Any, monkeypatch: pytest.MonkeyPatch):
    working = bot.actions.executor.actions["action_request_recommendation"]
    broken("action_request_recommendation", lambda *_: 1 / 0)
    who = visitor()
    replies = await say(bot, who, "推荐几款蓝牙耳机")
    broken("action_request_recommendation", working)
    again = await say(bot, who, button(replies, "再试"))
    assert any(reply.get("custom") for reply in again)


async def test_an_action_that_is_nowhere_is_an_apology(bot: Any, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delitem(bot.actions.executor.actions, "action_request_recommendation")
    assert offers_a_way_on(await say(bot, visitor(), "推荐几款蓝牙耳机"))


async def test_an_action_that_says_nothing_does_not_make_the_turn_silent(bot: Any, broken: Any):
    broken("action_request_recommendation", lambda *_: [])
    who = visitor()
    assert offers_a_way_on(await say(bot, who, "推荐几款蓝牙耳机"))
    assert last_turn(bot, who).outcome == "silent"


async def test_a_fault_in_rasa_itself_is_an_apology_and_the_talk_goes_on(bot: Any, monkeypatch: pytest.MonkeyPatch):
    who = visitor()
    await say(bot, who, "你好")
    with monkeypatch.context() as patch:
        patch.setattr(bot.agent.processor, "parse_message", lambda *_: 1 / 0)
        assert offers_a_way_on(await say(bot, who, "推荐几款蓝牙耳机"))
    assert (await say(bot, who, "推荐几款蓝牙耳机"))[0]["text"]


# --- deeds that come too late -------------------------------------------------------------------------


async def asked_to_confirm(bot: Any, who: Identity) -> tuple[str, str]:
    """(order, payload of the button that confirms cancelling it)"""
    order = next(
        one for one in bot.store.orders.of_customer(who.customer_id) if one.status in {"pending", "paid", "to_ship"}
    )
    replies = await say(bot, who, f"取消订单{order.order_id}")
    for _ in range(3):  # a form may ask for the reason first
        confirm = [
            one["payload"] for reply in replies for one in reply.get("buttons", []) if "affirm" in one["payload"]
        ]
        if confirm:
            return order.order_id, confirm[0]
        replies = await say(bot, who, "不想要了")
    raise AssertionError(f"not asked to confirm: {replies}")


async def test_a_deed_that_comes_after_the_apology_is_not_done(
    bot: Any, people: list[str], monkeypatch: pytest.MonkeyPatch
):
    who = as_customer(people[1])
    order_id, confirm = await asked_to_confirm(bot, who)
    before, cancel = bot.store.orders.get(order_id).status, bot.store.orders.cancel

    def slow(*args: Any, **kwargs: Any) -> Any:
        time.sleep(2.8)
        return cancel(*args, **kwargs)

    monkeypatch.setattr(bot.store.orders, "cancel", slow)
    assert offers_a_way_on(await say(bot, who, confirm))
    await asyncio.sleep(1.0)
    assert bot.store.orders.get(order_id).status == before


# --- the database -------------------------------------------------------------------------------------


@contextmanager
def locked(home: Path) -> Iterator[None]:
    """Another program is writing and does not finish."""
    other = sqlite3.connect(home / "zhike.db", isolation_level=None)
    other.execute("begin immediate")
    try:
        yield
    finally:
        other.execute("rollback")
        other.close()


async def test_with_the_database_locked_nothing_is_promised(bot: Any, people: list[str]):
    who = as_customer(people[7])
    order_id, confirm = await asked_to_confirm(bot, who)
    before = bot.store.orders.get(order_id).status
    with locked(bot.settings.home):
        replies = await say(bot, who, confirm)
        assert offers_a_way_on(replies) and "已取消" not in str(replies)
    assert bot.store.orders.get(order_id).status == before


async def test_with_the_database_locked_there_is_still_an_answer_and_it_is_logged_later(
    bot: Any, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("bot.runtime.turn_log.RETRY_SECONDS", 0.2)
    who = visitor()
    await say(bot, who, "你好")
    with locked(bot.settings.home):
        await say(bot, who, "推荐几款蓝牙耳机")
        well, report = await Health(bot.agent, bot.actions, bot.store, lambda: bot.conversations.log.behind).check()
        assert not well and report["database"] != "ok"
    for _ in range(50):
        if bot.conversations.log.behind == 0 and last_turn(bot, who).text == "推荐几款蓝牙耳机":
            break
        await asyncio.sleep(0.2)
    assert last_turn(bot, who).text == "推荐几款蓝牙耳机"


async def test_a_new_visitor_while_the_database_is_locked_is_told_so(bot: Any):
    with locked(bot.settings.home):
        assert offers_a_way_on(await say(bot, visitor(), "你好"))


async def test_with_a_read_only_database_answers_go_on_and_health_is_red(bot: Any, monkeypatch: pytest.MonkeyPatch):
    who = visitor()
    await say(bot, who, "你好")
    other = sqlite3.connect(bot.settings.home / "zhike.db", isolation_level=None)
    other.execute(
        "create trigger nothing_in before insert on turns "
        "begin select raise(abort, 'attempt to write a readonly database'); end"
    )
    try:
        assert (await say(bot, who, "推荐几款蓝牙耳机"))[0]["text"]
    finally:
        other.execute("drop trigger nothing_in")
        other.close()
    assert (await say(bot, who, "你好"))[0]["text"]


# --- two at once --------------------------------------------------------------------------------------


async def test_two_messages_at_once_are_answered_one_after_the_other(bot: Any):
    who = visitor()
    texts = ["你好", "推荐几款蓝牙耳机", "谢谢", "你是机器人吗", "再见"]
    replies = await asyncio.gather(*(say(bot, who, text) for text in texts))
    assert all(replies)
    assert [turn.text for turn in bot.store.conversations.history(sender_id=who.sender_id)] == texts


async def test_a_client_that_hangs_up_leaves_no_half_turn(bot: Any):
    who = visitor()
    turn = asyncio.ensure_future(bot.conversations.turn(who, "推荐几款蓝牙耳机", "web"))
    await asyncio.sleep(0)
    turn.cancel()
    with pytest.raises(asyncio.CancelledError):
        await turn
    await say(bot, who, "谢谢")
    assert [one.text for one in bot.store.conversations.history(sender_id=who.sender_id)] == [
        "推荐几款蓝牙耳机",
        "谢谢",
    ]


async def test_a_talk_goes_on_after_its_tracker_left_the_memory(bot: Any):
    who = visitor()
    shown = await say(bot, who, "推荐几款蓝牙耳机")
    first = next(reply["custom"]["data"]["items"][0] for reply in shown if reply.get("custom"))
    bot.agent.tracker_store.discard(who.sender_id)
    assert str(first["price"]).removesuffix(".0") in str(await say(bot, who, "第一个多少钱"))


# --- other processes ----------------------------------------------------------------------------------


def test_a_damaged_recommender_is_an_honest_lesser_answer(trained_home: Path, tmp_path: Path):
    home = copy_home(trained_home, tmp_path / "home")
    for file in home.glob("models/2*/recommender/**/*"):
        if file.is_file():
            content = file.read_bytes()
            file.unlink()  # it is a link to the shared home's
            file.write_bytes(content[: len(content) // 2])
    action_port = free_port()
    environment = clean_environment(ZHIKE_HOME=str(home))
    actions = subprocess.Popen(
        [ZHIKE, "action-server", "--port", str(action_port)],
        env=environment,
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        with serving(home, ZHIKE_ACTION_URL=f"http://127.0.0.1:{action_port}/webhook") as server:
            token = server.token()
            replies = server.say("推荐几款蓝牙耳机", token)
            data = next(reply["custom"]["data"] for reply in replies if reply.get("custom"))
            assert data["items"] and data["personalised"] is False
            # The same server, its action server killed:
            actions.send_signal(signal.SIGKILL)
            actions.wait()
            started = time.monotonic()
            replies = server.say("推荐几款蓝牙耳机", token)
            assert time.monotonic() - started < LIMIT and offers_a_way_on(replies)
            assert server.ask("/health").status == 503
            with sqlite3.connect(home / "zhike.db") as database:
                outcome, ran = database.execute(
                    "select outcome, actions from turns order by row_no desc limit 1"
                ).fetchone()
            assert outcome == "failed" and "action_request_recommendation!" in ran
    finally:
        if actions.poll() is None:
            actions.kill()
            actions.wait()
    assert server.process.poll() is not None


def test_a_port_in_use_is_told_before_anything_slow(trained_home: Path, tmp_path: Path):
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = subprocess.run(
            [ZHIKE, "serve"],
            env=clean_environment(
                ZHIKE_HOME=str(copy_home(trained_home, tmp_path / "home")), ZHIKE_PORT=str(taken.getsockname()[1])
            ),
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert done.returncode == 2 and "怎么修" in done.stderr and "Traceback" not in done.stderr


def test_without_a_model_it_says_how_to_train(tmp_path: Path):
    done = subprocess.run(
        [ZHIKE, "serve"], env=clean_environment(ZHIKE_HOME=str(tmp_path)), capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 1 and "zhike train" in done.stderr
