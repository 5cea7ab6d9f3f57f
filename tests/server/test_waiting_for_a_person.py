"""What the bot says while a person is asked for, in the language the customer writes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.channels.handover import HandoverDesk
from bot.channels.tokens import Identity, visitor
from store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(f"sqlite:///{tmp_path / 'shop.db'}") as opened:
        yield opened


def asked_for(store: Store) -> Identity:
    who = visitor()
    store.conversations.open(who.sender_id, None, True, "web")
    store.handovers.request(who.sender_id, None, "asked", "")
    return who


async def notice(store: Store, who: Identity, text: str, language: str = "zh") -> dict[str, Any]:
    said = await HandoverDesk(store).notice(who, None, text, language)
    assert said is not None
    return said


async def test_the_place_in_the_queue_is_told(store: Store):
    first, second = asked_for(store), asked_for(store)
    assert "第 1 位" in (await notice(store, first, "有人吗"))["text"]
    assert "前面还有 1 位" in (await notice(store, second, "还要多久"))["text"]


async def test_in_english_to_whoever_writes_it(store: Store):
    who = asked_for(store)
    said = await notice(store, who, "how long do I have to wait")
    assert "first in line" in said["text"] and "Stop waiting" in said["buttons"][0]["title"]
    assert "first in line" in (await notice(store, who, "100234", language="en"))["text"]


@pytest.mark.parametrize("text", ["算了，不等了", "好吧 不转人工了", "Stop waiting!", "ok, don’t wait"])
async def test_saying_so_leaves_the_queue(store: Store, text: str):
    who = asked_for(store)
    assert (await notice(store, who, text))["custom"]["data"]["state"] == "ended"
    assert await HandoverDesk(store).notice(who, None, text, "zh") is None


async def test_not_wanting_to_wait_any_longer_for_something_else_stays(store: Store):
    who = asked_for(store)
    assert (await notice(store, who, "快递我不等了你们看着办"))["custom"]["data"]["state"] == "queued"
