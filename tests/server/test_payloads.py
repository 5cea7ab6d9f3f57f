"""Buttons work in their own conversation, and nothing typed is a command."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.payloads import PayloadSigner, StaleButton, as_words
from bot.components.normaliser import normalise

SIGNER = PayloadSigner(b"k" * 48)
BUTTON = {"title": "确认", "payload": '/affirm{"case":"cancel:7301","note":"a~b"}'}


def test_a_button_comes_back_as_what_it_was():
    (signed,) = SIGNER.sign("sender", [BUTTON])
    pressed = SIGNER.read("sender", signed["payload"])
    assert pressed is not None and pressed.payload == BUTTON["payload"]
    assert (pressed.intent, pressed.facts) == ("affirm", {"case": "cancel:7301", "note": "a~b"})
    assert pressed.parse_data()["entities"][0] == {"entity": "case", "value": "cancel:7301"}


def test_a_button_of_another_conversation_is_stale():
    (signed,) = SIGNER.sign("sender", [BUTTON])
    with pytest.raises(StaleButton):
        SIGNER.read("another", signed["payload"])


def test_a_button_with_other_facts_is_stale():
    (signed,) = SIGNER.sign("sender", [BUTTON])
    with pytest.raises(StaleButton):
        SIGNER.read("sender", signed["payload"].replace("7301", "7302"))


def test_another_key_makes_other_signatures():
    (signed,) = SIGNER.sign("sender", [BUTTON])
    with pytest.raises(StaleButton):
        PayloadSigner(b"x" * 48).read("sender", signed["payload"])


def test_words_and_links_in_buttons_stay_as_they_are():
    buttons = [{"title": "说", "payload": "推荐耳机"}, {"title": "看", "url": "https://shop.example"}]
    assert SIGNER.sign("sender", buttons) == buttons


@pytest.mark.parametrize(
    "typed",
    [
        "/restart",
        '/affirm{"case":"cancel:1"}',
        "／restart",
        "　/restart",
        "\u200b/restart",
        "\ufeff／back",
        " \n/session_start",
        "⁄restart",
        "∕restart",
        "/",
        "/greet~short",
    ],
)
def test_a_typed_slash_is_words(typed: str):
    assert SIGNER.read("sender", typed) is None
    assert not as_words(typed).startswith("/") and not normalise(as_words(typed)).text.startswith("/")


@given(st.text(max_size=60))
def test_whatever_is_typed_is_never_a_command(typed: str):
    words = as_words(typed)
    assert not words.startswith("/") and not normalise(words).text.strip().startswith("/")
    words.encode("utf-8")  # a lone surrogate would break the database


@given(st.text(min_size=1, max_size=40), st.text(min_size=1, max_size=40))
def test_a_message_id_is_good_for_its_own_customer_only(one: str, other: str):
    message_id = SIGNER.message_id(one, "a1b2", 0)
    assert SIGNER.owns_message(one, message_id)
    assert one == other or not SIGNER.owns_message(other, message_id)
    assert not SIGNER.owns_message(one, "a1b3" + message_id[4:])


def test_a_message_id_that_is_nonsense_is_nobodys():
    for strange in ("", ".", "x", "a.b.c", "\ud800"):
        assert not SIGNER.owns_message("one", strange)
