"""The component in Rasa's hands: output, typed offsets, a catalogue that changes, a store that fails."""

from __future__ import annotations

import dataclasses

import pytest
from rasa.shared.nlu.training_data.message import Message

from bot.components import entities
from bot.components.entities import EntityMatcher

from .shop import DIGITAL, GARDEN


@pytest.fixture()
def component(monkeypatch) -> EntityMatcher:
    monkeypatch.setattr(entities, "catalogue_source", None)
    return EntityMatcher.create({}, None, None, None)


def parsed(component: EntityMatcher, text: str) -> list[dict]:
    message = Message.build(text)
    component.process([message])
    return message.as_dict_nlu()["entities"] if "entities" in message.as_dict_nlu() else message.get("entities")


def test_entities_carry_what_the_actions_read(component):
    (entity,) = parsed(component, "不要小米的")
    assert entity == {
        "entity": "brand", "value": "小米", "start": 2, "end": 4, "role": "exclude", "extractor": "EntityMatcher",
    }  # fmt: skip


def test_offsets_index_what_was_typed(component):
    text = "😡😡 我 要 退 款！！！！ 訂單編號：７３０５５５０１９９８８"
    (entity,) = parsed(component, text)
    assert text[entity["start"] : entity["end"]] == "７３０５５５０１９９８８"
    assert entity["value"] == "730555019988"


def test_a_message_without_text_is_left_alone(component):
    message = Message({"intent": "greet"})
    assert component.process([message])[0].get("entities") is None


def test_the_catalogue_may_change_while_running(component, monkeypatch):
    current = {"snapshot": DIGITAL}
    monkeypatch.setattr(entities, "catalogue_source", lambda: current["snapshot"])
    assert parsed(component, "Pebble 3")[0]["value"] == "D1"
    current["snapshot"] = dataclasses.replace(GARDEN, version=2)
    assert parsed(component, "Pebble 3") == []
    assert parsed(component, "花盆")[0]["value"] == "花盆"


def test_a_store_that_fails_leaves_the_lexicon(component, monkeypatch):
    def broken():
        raise OSError("database is locked")

    monkeypatch.setattr(entities, "catalogue_source", broken)
    assert parsed(component, "有耳机吗")[0]["value"] == "耳机"


def test_equal_words_twice_are_two_entities_and_none_twice(component):
    spans = [(e["start"], e["end"]) for e in parsed(component, "小米手环和华为手环") if e["entity"] == "category"]
    assert spans == [(2, 4), (7, 9)]
