"""A customer who writes English is answered in English; everybody else as before."""

from __future__ import annotations

import ast
import re
from datetime import datetime

import pytest
from service_stage import Talk
from stage import ROOT, load_yaml, placeholders

from actions.language import CHINESE, ENGLISH, _table, detect, speaking, word
from actions.orders import SHOP_ZONE, moment
from actions.reasons import _ENGLISH
from actions.wish import Wish

HAN = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")


@pytest.mark.parametrize(
    "text",
    [
        "where is my order",
        "I want a refund",
        "WHERE IS MY PARCEL?",
        "recommend earphones",
        "cancel order 68261120762120",
        "please send it to 张三",
        "It’s broken",
        "I'd like to talk to someone",
    ],
)
def test_english_is_heard_whatever_was_spoken_before(text):
    assert detect(text, CHINESE) == detect(text, ENGLISH) == ENGLISH


@pytest.mark.parametrize(
    "text", ["我的快递到哪了", "iPhone 有货吗", "the north face 的外套有吗", "发我邮箱 a.b@c.com", "在"]
)
def test_chinese_is_heard_whatever_was_spoken_before(text):
    assert detect(text, CHINESE) == detect(text, ENGLISH) == CHINESE


@pytest.mark.parametrize("before", [CHINESE, ENGLISH])
@pytest.mark.parametrize(
    "text",
    [
        "ok",
        "OK!",
        "👍",
        "",
        "68261120762120",
        "SF1390284411",
        "iPhone 15 Pro Max",
        "HUAWEI",
        "The North Face",
        "https://shop.example/where/is/my/order",
        "hello",
        "thank you",
        "ni hao",
        "42",
    ],
)
def test_what_is_no_language_leaves_it_as_it_was(text, before):
    assert detect(text, before) == before


def test_names_of_goods_count_for_neither_language():
    assert detect("how much is 小米充电宝 20000mAh", CHINESE, [(12, 26)]) == ENGLISH
    assert detect("保温杯", ENGLISH, [(0, 3)]) == ENGLISH


def test_our_words_are_said_in_the_language_spoken():
    at, now = (datetime(2026, 11, day, 18, 40, tzinfo=SHOP_ZONE) for day in (22, 25))
    wish = Wish(kinds=("耳机",), max_price=200, recipient="爸爸")
    assert (word("转人工"), moment(at, now), wish.described()) == (
        "转人工",
        "11月22日 18:40",
        "送爸爸、200 元以内的耳机",
    )
    with speaking(ENGLISH):
        assert (word("转人工"), moment(at, now)) == ("Talk to a person", "Nov 22, 18:40")
        assert wish.described() == "耳机, a gift for your father, up to ¥200"
    assert word("转人工") == "转人工"


def _said_by_code() -> set[str]:
    """Chinese literals that the actions hand to `word` or put on a button."""
    said = set()
    for path in (ROOT / "actions").glob("*.py"):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = getattr(getattr(call, "func", None), "attr", getattr(getattr(call, "func", None), "id", None))
            if name in ("word", "button") and call.args and isinstance(call.args[0], ast.Constant):
                said.add(call.args[0].value)
            elif name == "confirm_buttons":
                said |= {arg.value for arg in call.args[2:] if isinstance(arg, ast.Constant)}
    return said


def test_every_word_of_the_code_has_an_english_one_with_the_same_facts():
    table = _table()
    assert _said_by_code() <= set(table)
    for chinese, english in table.items():
        assert not HAN.search(english), english
        assert {p.removesuffix("_en") for p in placeholders(english)} <= placeholders(chinese), chinese


def test_every_kind_of_evidence_has_an_english_reason():
    from recommender.reasons import _WORDS

    assert set(_ENGLISH) == {kind.partition("/")[0] for kind in _WORDS}


# --- the domain ---------------------------------------------------------------------------------------

IN_ENGLISH = {"type": "slot", "name": "language", "value": "en"}
RESPONSES = {name: v for part in load_yaml("bot/domain/responses/*.yml") for name, v in part["responses"].items()}


@pytest.mark.parametrize("name", sorted(RESPONSES))
def test_a_response_has_wordings_in_both_languages(name):
    english = [v["text"] for v in RESPONSES[name] if IN_ENGLISH in v.get("condition", [])]
    chinese = [v["text"] for v in RESPONSES[name] if IN_ENGLISH not in v.get("condition", [])]
    assert english and any("condition" not in v for v in RESPONSES[name])
    assert not any(HAN.search(text) for text in english)
    assert {p for text in english for p in placeholders(text)} <= {p for text in chinese for p in placeholders(text)}


def test_a_wording_for_a_mood_is_never_heard_in_the_other_language():
    conditions = [v["condition"] for wordings in RESPONSES.values() for v in wordings if "condition" in v]
    assert all(any(c["name"] == "language" for c in condition) for condition in conditions)


# --- talks ----------------------------------------------------------------------------------------------


def test_the_language_stays_through_buttons_and_numbers(service_store):
    talk = Talk(service_store, "FRESH")
    asked = talk.say("please cancel my order", "cancel_order")
    assert "This can't be undone" in asked.text and asked.titles == ["Yes, cancel it", "No, keep it"]
    assert "stays as it is" in talk.press("No, keep it").text
    assert "Talk to a person" in talk.say("ok 68261120762120999", "track_order").titles


def test_the_next_clear_message_changes_the_language(stage):
    assert "Hurry it up" in stage.hear("where is my order", "track_order").titles
    again = stage.hear("我的快递到哪了", "track_order")
    assert "催一下" in again.titles and "Latest scan" not in "".join(again.every)
    assert stage.slots["language"] == CHINESE


def test_yes_in_english_confirms_and_no_keeps(service_store):
    talk = Talk(service_store, "FRESH")
    talk.say("cancel my order", "cancel_order")
    assert "Nothing is cancelled yet" in talk.say("yes, but is it free?", "affirm").text
    assert "is cancelled" in talk.say("yes please", "affirm").text


def test_a_return_in_english_from_the_wish_to_the_number(service_store):
    talk = Talk(service_store, "GOT")
    talk.say("I want a refund", "request_return")
    asked = talk.say("it is broken", "report_problem")
    assert "Refund only" in asked.titles
    assert "Shall I submit it?" in talk.press("Refund only").text
    done = talk.press("Yes, submit it")
    assert "number" in done.text and talk.cases("refund")


def test_what_failed_is_said_in_english(stage, monkeypatch):
    from store.customers import Customers

    monkeypatch.setattr(Customers, "get", lambda *_: 1 / 0)
    said = stage.hear("hello, are you there", "greet")
    assert "nothing was changed" in said.text and said.titles == ["Try again", "Talk to a person"]
