"""What is written in the domain, the rules and the texts fits what the service actions use."""

from __future__ import annotations

import re
import sys

import pytest
import yaml
from stage import ROOT, every_action, load_yaml, placeholders, responses

from actions.form_actions import AskNext
from actions.service_forms import FORM_ACTIONS, FORMS

TEXTS = yaml.safe_load((ROOT / "bot/domain/responses/service.yml").read_text(encoding="utf-8"))["responses"]
FORM_DOMAIN = yaml.safe_load((ROOT / "bot/domain/forms.yml").read_text(encoding="utf-8"))
SOURCES = [p.read_text(encoding="utf-8") for p in sorted((ROOT / "actions").glob("*.py"))]


def test_every_form_asks_only_for_slots_that_the_domain_gives_it() -> None:
    declared = {name: form["required_slots"] for name, form in FORM_DOMAIN["forms"].items()}
    assert declared == {form.name: [f"case_{q.field}" for q in form.questions] for form in FORMS}


def test_every_action_of_the_forms_is_in_the_domain_and_can_be_run() -> None:
    in_domain = {name for part in load_yaml("bot/domain/*.yml") for name in part.get("actions") or []}
    runnable = {action.action_name for action in every_action()}
    assert set(FORM_ACTIONS) <= in_domain and set(FORM_ACTIONS) <= runnable
    rules = yaml.safe_load((ROOT / "data/rules/service.yml").read_text(encoding="utf-8"))["rules"]
    assert {rule["steps"][1]["action"] for rule in rules} <= in_domain & runnable


def test_every_response_that_is_named_is_written() -> None:
    # A name that goes on with {…} is made up at run time; those are said in the journeys' tests.
    named = {name for source in SOURCES for name in re.findall(r"[\"'](utter_[a-z_]+)[\"']", source)}
    assert named <= set(responses())


def test_every_question_has_another_wording_for_the_second_time() -> None:
    words = {name for name in TEXTS if name.startswith("utter_ask_")}
    assert all(name.endswith("_again") or f"{name}_again" in words for name in words)
    assert AskNext in [cls.__bases__[0] for cls in FORM_ACTIONS.values()]


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_texts_are_warm_short_and_whole(name: str) -> None:
    wordings = [variation["text"] for variation in TEXTS[name]]
    assert len(set(wordings)) == len(wordings) and (len(wordings) >= 2 or name == "utter_faq")
    assert len({frozenset(placeholders(text)) for text in wordings}) <= 3
    for text in wordings:
        longest = 95 if re.search(r"[一-鿿]", text) else 190  # a Chinese character says as much as two letters
        assert len(re.sub(r"\{\w+\}", "", text)) <= longest, text
        assert not re.search(r"亲[，,~～]|亲亲|哦～|～～|None", text)
        assert len(re.findall(r"[\U0001F300-\U0001FAFF]", text)) == 0


def test_no_question_or_refusal_claims_a_deed(shared) -> None:
    sys.path.insert(0, str(shared / "eval"))
    try:
        from expectations import claims_done
    finally:
        sys.path.pop(0)
    asking = re.compile(r"utter_(confirm|ask|kept|bad|explain|form_stuck|not_recorded|handover_failed|which)")
    claims = [(name, v["text"]) for name in TEXTS if asking.match(name) for v in TEXTS[name] if claims_done(v["text"])]
    assert not claims
