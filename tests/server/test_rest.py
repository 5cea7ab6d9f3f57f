"""The REST routes of a real server: what they do, and every refusal with its status and a reason."""

from __future__ import annotations

import json
import sqlite3

import pytest

from tests.homes import Server

CANCELLED = "这个按钮"


def products_of(replies: list[dict]) -> dict:
    return next(
        reply["custom"]["data"]
        for reply in replies
        if reply.get("custom", {}).get("data", {}).get("type") == "products"
    )


# --- talking ------------------------------------------------------------------------------------------


def test_a_message_is_answered_with_rasas_list_of_messages(server: Server, people: list[str]):
    replies = server.say("你好", server.token(people[0], "hello"))
    assert replies and all(
        reply["recipient_id"] == replies[0]["recipient_id"] and reply["message_id"] for reply in replies
    )
    assert any(reply.get("text") for reply in replies)


def test_a_visitor_can_chat_and_gets_suggestions_that_use_nothing_of_theirs(server: Server):
    data = products_of(server.say("推荐几款蓝牙耳机", server.token()))
    assert data["personalised"] is False and data["items"] and data["impression_id"]
    for item in data["items"]:
        assert {"product_id", "title", "price", "image_url", "reason", "score"} <= set(item)


def test_suggested_goods_come_in_one_message_with_a_text_that_reads_well(server: Server, people: list[str]):
    replies = server.say("推荐点好东西", server.token(people[0], "goods"))
    with_goods = [reply for reply in replies if reply.get("custom", {}).get("data", {}).get("type") == "products"]
    assert len(with_goods) == 1 and with_goods[0]["text"]
    assert all(item["title"][:4] in with_goods[0]["text"] for item in with_goods[0]["custom"]["data"]["items"])


def test_the_turn_is_in_the_database_when_the_answer_is_here(server: Server, people: list[str]):
    token = server.token(people[0], "durable")
    data = products_of(server.say("推荐点好东西", token))
    with sqlite3.connect(server.home / "zhike.db") as database:
        text, intent, outcome, replies = database.execute(
            "select text, intent, outcome, replies from turns order by row_no desc limit 1"
        ).fetchone()
        assert (text, outcome) == ("推荐点好东西", "answered") and intent
        assert data["impression_id"] in replies
        shown = database.execute(
            "select items from impressions where impression_id = ?", (data["impression_id"],)
        ).fetchone()
    assert [item["product_id"] for item in json.loads(shown[0])] == [item["product_id"] for item in data["items"]]


def test_a_button_works_where_it_was_given_and_nowhere_else(server: Server, people: list[str]):
    one, other = server.token(people[0], "buttons"), server.token(people[1], "buttons")
    replies = server.say("推荐点好东西", one)
    payload = next(
        button["payload"] for reply in replies for button in reply.get("buttons", []) if "refine" in button["payload"]
    )
    assert server.say(payload, other)[0]["text"].startswith(CANCELLED)
    assert not server.say(payload, one)[0]["text"].startswith(CANCELLED)


@pytest.mark.parametrize("typed", ["/restart", "／restart", '/affirm{"case":"cancel:1"}', "/session_start"])
def test_a_typed_command_is_words(server: Server, typed: str):
    token = server.token()
    server.say("你好", token)
    assert server.say(typed, token)
    with sqlite3.connect(server.home / "zhike.db") as database:
        text, confidence = database.execute(
            "select text, confidence from turns order by row_no desc limit 1"
        ).fetchone()
        events = [
            json.loads(event)["event"]
            for (event,) in database.execute("select event from tracker_events order by 1 desc limit 12")
        ]
    assert text == typed and confidence < 1 and "restart" not in events


# --- refusals -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/webhook", "/feedback", "/events", "/history"])
def test_without_a_good_token_it_is_401_with_a_reason(server: Server, path: str):
    body = None if path == "/history" else {"message": "你好"}
    for token in (None, "nonsense", server.token("C", hours=-1)):
        answer = server.ask(path, body, token)
        assert answer.status == 401 and answer.body["error"]


def test_a_refused_message_leaves_no_trace(server: Server):
    with sqlite3.connect(server.home / "zhike.db") as database:
        before = database.execute("select count(*) from turns").fetchone()
        server.ask("/webhook", {"message": "你好"})
        server.ask("/webhook", {"sender": "VIP-1", "message": "你好"}, "nonsense")
        assert database.execute("select count(*) from turns").fetchone() == before


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'"x"',
        b"\xff\xfe",
        b"{}",
        b'{"message": 3}',
        b'{"message": null}',
        b'{"message": " "}',
        b'{"message": "a", "metadata": "x"}',
        b'{"message": ["a"]}',
    ],
)
def test_a_bad_body_is_400_with_a_reason(server: Server, body: bytes):
    answer = server.ask("/webhook", body, server.token())
    assert answer.status == 400 and answer.body["error"]


def test_too_long_a_message_and_too_large_a_body_are_413(server: Server):
    token = server.token()
    for body in ({"message": "长" * 2001}, {"message": "长", "x": "x" * 70_000}):
        answer = server.ask("/webhook", body, token)
        assert answer.status == 413 and answer.body["error"]


def test_a_foreign_page_is_403_and_its_own_page_is_not(server: Server):
    token = server.token()
    assert server.ask("/webhook", {"message": "你好"}, token, Origin="http://evil.example").status == 403
    assert server.ask("/webhook", {"message": "你好"}, token, Origin=server.url).status == 200


def test_what_is_not_there_is_404_as_json(server: Server):
    assert server.ask("/nothing").body["error"] and server.ask("/nothing").status == 404
    assert server.ask("/webhook").status == 405


def test_rasas_own_api_is_not_open(server: Server):
    for path in ("/../../model", "/../../conversations/x/tracker", "/../rest/webhook", "/../../status"):
        assert server.ask(path).status == 404


# --- feedback and events --------------------------------------------------------------------------------


def test_feedback_is_201_once_it_is_committed(server: Server, people: list[str]):
    token = server.token(people[0], "feedback")
    reply = server.say("你好", token)[0]
    answer = server.ask(
        "/feedback", {"message_id": reply["message_id"], "rating": "down", "reason": "不准", "comment": "😡"}, token
    )
    assert answer.status == 201
    with sqlite3.connect(server.home / "zhike.db") as database:
        row = database.execute(
            "select rating, reason, comment, message_id, customer_id from feedback order by 1 desc, feedback_id desc"
        ).fetchall()
    assert ("down", "不准", "😡", reply["message_id"], people[0]) in row


def test_feedback_on_goods_names_the_impression(server: Server, people: list[str]):
    token = server.token(people[0], "feedback2")
    data = products_of(server.say("推荐点好东西", token))
    body = {"impression_id": data["impression_id"], "rating": "up", "product_id": data["items"][0]["product_id"]}
    assert server.ask("/feedback", body, token).status == 201
    assert server.ask("/feedback", body, server.token(people[1])).status == 404


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"rating": "up"},
        {"rating": "great", "message_id": "x"},
        {"rating": ["up"], "message_id": "x"},
        {"rating": "up", "message_id": 3},
        {"rating": "up", "message_id": "x", "comment": "长" * 501},
    ],
)
def test_feedback_that_says_nothing_is_400(server: Server, body: dict):
    answer = server.ask("/feedback", body, server.token())
    assert answer.status in {400, 404} and answer.body["error"]


def test_feedback_on_somebody_elses_message_is_404(server: Server, people: list[str]):
    reply = server.say("你好", server.token(people[0], "mine"))[0]
    assert (
        server.ask("/feedback", {"message_id": reply["message_id"], "rating": "up"}, server.token(people[1])).status
        == 404
    )


def test_an_event_is_201_once_it_is_committed(server: Server, people: list[str]):
    token = server.token(people[0], "events")
    data = products_of(server.say("推荐点好东西", token))
    product_id = data["items"][0]["product_id"]
    assert (
        server.ask(
            "/events", {"type": "click", "product_id": product_id, "impression_id": data["impression_id"]}, token
        ).status
        == 201
    )
    with sqlite3.connect(server.home / "zhike.db") as database:
        assert (
            database.execute(
                "select count(*) from events where (customer_id, product_id, type, channel) = (?, ?, 'click', 'web')",
                (people[0], product_id),
            ).fetchone()[0]
            >= 1
        )


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"type": "buy", "product_id": "x"}, 400),
        ({"type": "view"}, 400),
        ({"type": "view", "product_id": "no-such"}, 404),
        ({"type": ["view"], "product_id": "x"}, 400),
    ],
)
def test_an_event_that_cannot_be_is_refused(server: Server, body: dict, status: int):
    answer = server.ask("/events", body, server.token())
    assert answer.status == status and answer.body["error"]


# --- history, health, pages -----------------------------------------------------------------------------


def test_history_is_ones_own_only(server: Server, people: list[str]):
    mine, other = server.token(people[2], "history"), server.token(people[3], "history")
    for text in ("你好", "推荐点好东西"):
        server.say(text, mine)
    server.say("谢谢", other)
    turns = server.ask("/history", token=mine).body
    assert [turn["text"] for turn in turns[-2:]] == ["你好", "推荐点好东西"] and turns[-1]["replies"]
    assert "你好" not in [turn["text"] for turn in server.ask("/history", token=other).body]
    earlier = server.ask("/history?before=" + turns[-1]["at"].replace("+", "%2B"), token=mine).body
    assert earlier[-1]["text"] == "你好"
    assert server.ask("/history?before=yesterday", token=mine).status == 400


def test_a_visitors_history_is_that_of_the_talk(server: Server):
    token = server.token()
    server.say("你好", token)
    assert [turn["text"] for turn in server.ask("/history", token=token).body] == ["你好"]
    assert server.ask("/history", token=server.token()).body == []


def test_health_is_200_when_all_parts_answer(server: Server):
    answer = server.ask("/health")
    assert answer.status == 200 and set(answer.body["checks"].values()) == {"ok"}


def test_the_chat_page_asks_nobody_else_and_has_no_secret(server: Server):
    page = server.ask("/ui/demo.html")
    assert page.status == 200 and "default-src 'none'" in page.headers["Content-Security-Policy"]
    for name in ("demo.html", "demo.css", "demo.js", "goods.js", "icon.svg"):
        text = server.ask(f"/ui/{name}").body
        text = text if isinstance(text, str) else json.dumps(text)
        outside = text.replace("http://www.w3.org/2000/svg", "")
        assert "http://" not in outside and "https://" not in outside and "eyJ" not in outside
    assert server.ask("/ui/..%2Fweb.py").status == 404 and server.ask("/ui/nothing.html").status == 404


def test_demo_customers_can_be_played_on_this_machine_only(server: Server, people: list[str]):
    assert [one["customer_id"] for one in server.ask("/ui/demo").body] == people
    token = server.ask("/ui/demo", {"customer_id": people[0]}).body["token"]
    assert server.say("你好", token)
    assert server.say("你好", server.ask("/ui/demo", {}).body["token"])
    assert server.ask("/ui/demo", {"customer_id": "no-such"}).status == 404
    assert server.ask("/ui/demo", {"customer_id": people[0]}, Origin="http://evil.example").status == 403
    assert server.ask("/ui/demo", {"customer_id": people[0]}, Host="evil.example").status == 403
