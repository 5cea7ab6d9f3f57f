"""What the store counts for portraits: from where customers come and in what mood they write."""

from __future__ import annotations

from store import Store
from store.models import Turn


def test_events_are_counted_by_customer_and_channel(store: Store):
    for customer, channel in (("C1", "App"), ("C1", "App"), ("C1", "网页"), ("C2", "App"), ("C2", ""), ("C3", None)):
        store.behaviour.add(customer, "P1", "view", channel=channel)
    assert store.behaviour.channels() == {"C1": {"App": 2, "网页": 1}, "C2": {"App": 1}}


def test_turns_are_counted_by_customer_and_mood(store: Store):
    said = [
        ("C1", "negative"),
        ("C1", "negative"),
        ("C1", "neutral"),
        ("C2", "positive"),
        ("C2", None),
        (None, "neutral"),
    ]
    for number, (customer, mood) in enumerate(said):
        store.log_turn(Turn(f"T{number}", "S", customer, store.clock.now(), "你好", sentiment_label=mood))
    assert store.conversations.moods() == {"C1": {"negative": 2, "neutral": 1}, "C2": {"positive": 1}}


def test_a_new_store_has_counted_nothing(store: Store):
    assert store.behaviour.channels() == {} and store.conversations.moods() == {}
