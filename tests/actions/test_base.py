"""What holds for every action: no silence, no half deeds, back to the form, and words for everything that is said."""

from __future__ import annotations

import ast
import re

import pytest
from rasa_sdk.executor import ActionExecutor
from stage import ROOT, every_action, load_yaml, placeholders, responses, rules

from actions.base import ZhikeAction
from actions.readings import MENU, readings
from actions.session import FORM_INTENTS
from store import DeadlinePassed, StoreUnavailable

INTENTS = [next(iter(i)) for part in load_yaml("bot/domain/intents.yml") for i in part["intents"]]


@pytest.mark.parametrize("error", [StoreUnavailable("x"), DeadlinePassed("x"), RuntimeError("x")])
def test_a_failing_action_apologises_and_is_not_recorded_as_done(stage, monkeypatch, error):
    def broken(*_, **__):
        raise error

    monkeypatch.setattr(stage.services.store.behaviour, "add", broken)
    stage.hear("推荐几款耳机", "request_recommendation", ("category", "耳机"))
    slots = dict(stage.slots)
    said = stage.hear("第一个来一个", "place_order", ("ordinal", 1))
    assert said.responses == ["utter_something_broke"]
    assert said.titles == ["再试一次", "转人工"] and said.buttons[0]["payload"] == "第一个来一个"
    assert stage.slots == slots


def test_a_failing_recommender_is_an_apology_too(stage, monkeypatch):
    monkeypatch.setattr(type(stage.services), "recommender", lambda self: 1 / 0)
    said = stage.hear("推荐几款耳机", "request_recommendation", ("category", "耳机"))
    assert said.responses == ["utter_something_broke"]


def test_without_a_trained_model_suggestions_still_come(stage):
    assert stage.services.recommender_provider() is None
    assert stage.hear("推荐几款耳机", "request_recommendation", ("category", "耳机")).ids


def test_prices_and_stock_are_todays(stage, tiny_store):
    assert stage.hear("台灯", "request_recommendation", ("category", "台灯")).ids == ["L2"]
    tiny_store.catalogue.set_stock("L2", 0)
    tiny_store.catalogue.set_stock("L1", 5)
    tiny_store.catalogue.forget()
    assert stage.hear("有台灯吗", "request_recommendation", ("category", "台灯")).ids == ["L1"]


def test_an_interruption_comes_back_to_the_form(stage):
    stage.form = "return_form"
    said = stage.hear("讲个笑话", "chitchat")
    assert said.texts and said.actions[-1] == "return_form"


def test_who_the_customer_is_stands_in_no_slot(talk):
    visitor = talk(None)
    visitor.slots |= {"customer_id": "C1", "customer": "C1"}
    visitor.hear("推荐几款耳机", "request_recommendation", ("category", "耳机"))
    assert visitor.hear("第一个来一个", "place_order", ("ordinal", 1)).responses == ["utter_order_please_log_in"]


def test_a_new_session_forgets_the_slots_and_offers_to_go_on_with_half_a_form(stage):
    stage.hear("推荐几款耳机", "request_recommendation", ("category", "耳机"))
    stage.form = "return_form"
    stage.start_session()
    assert stage.slots == {"unfinished": {"intent": "request_return"}} and stage.form is None
    said = stage.hear("你好", "greet")
    assert said.responses == ["utter_greet_unfinished"] and said.buttons[0]["payload"] == "/request_return"
    assert stage.hear("你好", "greet").responses == ["utter_greet_news"]


def test_every_form_can_be_taken_up_again():
    forms = {name for part in load_yaml("bot/domain/**/*.yml") for name in part.get("forms") or {}}
    assert set(FORM_INTENTS) == forms


# --- texts and rules ---------------------------------------------------------------------------------


def said_in_code() -> set[str]:
    """Names of responses that are written in full in the actions."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in (ROOT / "actions").glob("*.py")]
    constants = {str(node.value) for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    return {text for text in constants if re.fullmatch(r"utter_[a-z_]+[a-z]", text)}


def test_every_response_that_is_said_exists():
    missing = said_in_code() - set(responses())
    assert not missing


def test_every_intent_has_a_rule():
    assert set(INTENTS) == set(rules())


def test_rasas_own_way_of_registering_finds_the_same_actions():
    executor = ActionExecutor()
    executor.register_package("actions")
    assert {a.action_name for a in every_action()} == set(executor.actions)


def test_every_action_of_the_domain_exists_and_the_other_way_round():
    listed = {a for part in load_yaml("bot/domain/**/*.yml") for a in part.get("actions") or []}
    written = {a.action_name for a in every_action()}
    assert listed == written


def test_wordings_of_one_response_need_the_same_facts_at_most():
    """A wording may leave a fact out; but what is written in braces is a plain name, so that it can be filled."""
    for name, variations in responses().items():
        for variation in variations:
            text = variation.get("text", "")
            assert text.count("{") == text.count("}") == len(re.findall(r"\{\w+\}", text)), name
            assert placeholders(text) <= {p for v in variations for p in placeholders(v["text"])}


def test_frequent_answers_have_three_wordings():
    frequent = "greet goodbye welcome suggest another_batch cheaper narrowed which_reading sorry deny price in_cart"
    assert all(len(responses()[f"utter_{name}"]) >= 3 for name in frequent.split())


def test_no_answer_calls_the_customer_darling():
    for name, variations in responses().items():
        for variation in variations:
            assert not re.search(r"亲[，,亲]|～|!!|！！", variation.get("text", "")), name


def test_readings_are_intents():
    assert set(readings()) <= set(INTENTS) and set(MENU) <= set(readings())


def test_actions_are_named_by_their_module_alone():
    assert len({a.action_name for a in every_action()}) == len(every_action())
    assert all(issubclass(a, ZhikeAction) or a.__module__ == "actions.session" for a in every_action())
