"""Socket.IO of a real server. The shared one answers each message by itself; bursts are in test_burst.py."""

from __future__ import annotations

import asyncio
import json

import aiohttp
import pytest

from tests.homes import Server
from tests.sockets import PATIENCE, connected


async def test_a_message_is_delivered_and_again_after_a_reconnect(server: Server, people: list[str]):
    token = server.token(people[0], "socket")
    session = None
    for _ in range(2):
        async with connected(server, token) as client:
            await client.io.emit("session_request", {"session_id": session})
            session = await client.next("session_confirm")
            await client.io.emit("user_uttered", {"message": "你好", "session_id": session})
            said = await client.next("bot_uttered")
            assert said["text"] and said["message_id"]


async def test_what_was_missed_while_away_is_given_at_the_reconnect(server: Server, people: list[str]):
    token = server.token(people[0], "away")
    async with connected(server, token) as client:
        await client.io.emit("session_request", {})
        await client.next("session_confirm")
        await client.io.emit("user_uttered", {"message": "你好"})
        first = await client.next("bot_uttered")
        await client.io.emit("user_uttered", {"message": "推荐点好东西"})
        await asyncio.sleep(0.02)
    async with connected(server, token) as client:
        await client.io.emit("session_request", {"last_message_id": first["message_id"]})
        again = await client.next("bot_uttered")
        assert again["message_id"] != first["message_id"]


async def test_two_pages_of_one_talk_show_the_same(server: Server, people: list[str]):
    token = server.token(people[0], "two pages")
    async with connected(server, token) as one, connected(server, token) as other:
        for client in (one, other):
            await client.io.emit("session_request", {})
            await client.next("session_confirm")
        await one.io.emit("user_uttered", {"message": "你好"})
        assert (await one.next("bot_uttered"))["message_id"] == (await other.next("bot_uttered"))["message_id"]


@pytest.mark.parametrize("auth", ["", "{}", '{"token":"nonsense"}', '"x"'])
async def test_without_a_good_token_there_is_no_connection(server: Server, auth: str):
    """Engine.IO spoken by hand: packet 40 asks to connect, 44 refuses."""
    async with aiohttp.ClientSession() as web:
        url = f"{server.url}/socket.io/?EIO=4&transport=polling"
        sid = json.loads((await (await web.get(url)).text())[1:])["sid"]
        await web.post(f"{url}&sid={sid}", data=f"40{auth}")
        refused = await (await web.get(f"{url}&sid={sid}")).text()
        assert refused.startswith("44") and "令牌" in refused


async def test_a_foreign_page_cannot_open_the_socket(server: Server):
    async with aiohttp.ClientSession() as web:
        url = f"{server.url}/socket.io/?EIO=4&transport=polling"
        assert (await web.get(url, headers={"Origin": "http://evil.example"})).status == 400
        assert (await web.get(url, headers={"Origin": server.url})).status == 200
        headers = {
            "Origin": "http://evil.example",
            "Connection": "Upgrade",
            "Upgrade": "websocket",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        }
        assert (await web.get(f"{server.url}/socket.io/?EIO=4&transport=websocket", headers=headers)).status == 400


async def test_the_socket_also_works_over_a_websocket(server: Server, people: list[str]):
    """Engine.IO 4 spoken by hand: open, connect with the token, say, hear."""
    async with (
        aiohttp.ClientSession() as web,
        web.ws_connect(f"{server.url}/socket.io/?EIO=4&transport=websocket") as socket,
    ):
        assert (await socket.receive_str(timeout=PATIENCE)).startswith("0{")
        await socket.send_str('40{"token":"' + server.token(people[0], "websocket") + '"}')
        assert (await socket.receive_str(timeout=PATIENCE)).startswith("40{")
        await socket.send_str('42["user_uttered",{"message":"你好"}]')
        assert (await socket.receive_str(timeout=PATIENCE)).startswith('42["bot_uttered"')


async def test_somebody_elses_session_is_refused_and_nothing_of_it_is_heard(server: Server, people: list[str]):
    victim, thief = server.identity(people[0], "victim").sender_id, server.token(people[1], "thief")
    async with connected(server, server.token(people[0], "victim")) as own, connected(server, thief) as other:
        await own.io.emit("session_request", {})
        assert await own.next("session_confirm") == victim
        await other.io.emit("session_request", {"session_id": victim})
        assert (await other.next("session_refused"))["error"]
        await own.io.emit("user_uttered", {"message": "你好"})
        await own.next("bot_uttered")
        assert await other.quiet(0.3)
    async with connected(server, thief) as other:
        await other.io.emit("user_uttered", {"message": "我的快递到哪了", "session_id": victim})
        assert (await other.next("session_refused"))["error"]


@pytest.mark.parametrize(
    "data",
    [
        "你好",
        None,
        7,
        ["你好"],
        {"text": "你好"},
        {"message": 3},
        {"message": ""},
        {"message": "你好", "metadata": "x"},
        {"message": "长" * 3000},
    ],
)
async def test_a_bad_message_gets_a_polite_answer_and_not_silence(server: Server, data: object):
    async with connected(server, server.token()) as client:
        await client.io.emit("user_uttered", data)
        assert (await client.next("bot_uttered"))["text"]
        await client.io.emit("user_uttered", {"message": "你好"})
        assert (await client.next("bot_uttered"))["message_id"]


async def test_two_quick_messages_are_both_answered_in_order(server: Server, people: list[str]):
    token = server.token(people[0], "quick")
    async with connected(server, token) as client:
        await client.io.emit("user_uttered", {"message": "推荐点好东西"})
        await client.io.emit("user_uttered", {"message": "谢谢"})
        first, second = await client.next("bot_uttered"), await client.next("bot_uttered")
        assert first["custom"]["data"]["type"] == "products" and second["text"]
    turns = server.ask("/history", token=token).body
    assert [turn["text"] for turn in turns[-2:]] == ["推荐点好东西", "谢谢"]
