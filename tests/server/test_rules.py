"""The rules that look back a few steps predict what Rasa's RulePolicy predicts, in any talk."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from typing import Any

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActiveLoop,
    Event,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

from bot.components.rules import RecentRules, recent_states
from tests.server.test_shims import DOMAIN, random_talk


@pytest.mark.parametrize("count", [1, 2, 5, 500])
@pytest.mark.parametrize("seed", range(12))
def test_recent_states_are_the_last_of_rasas_at_every_step_of_a_talk(seed: int, count: int):
    rng = random.Random(seed)
    tracker = DialogueStateTracker.from_events("s", [], DOMAIN.slots)
    for event in random_talk(seed):
        tracker.update(event)
        if rng.random() < 0.5:  # asked at some steps only, as policies do
            assert recent_states(tracker, DOMAIN, count) == DOMAIN.states_for_tracker_history(tracker)[-count:]


def test_whoever_changes_a_state_does_not_change_the_next_ones():
    tracker = DialogueStateTracker.from_events("s", random_talk(3), DOMAIN.slots)
    for state in recent_states(tracker, DOMAIN, 9):
        for part in state.values():
            part.clear()
    assert recent_states(tracker, DOMAIN, 9) == DOMAIN.states_for_tracker_history(tracker)[-9:]


@pytest.fixture(scope="module")
def policy(bot: Any) -> RecentRules:
    """The trained one."""
    nodes = bot.agent.processor.graph_runner._nodes.values()
    return next(node._component for node in nodes if isinstance(node._component, RecentRules))


@pytest.mark.parametrize("seed", range(25))
def test_predictions_are_rule_policys_in_random_talks(policy: RecentRules, bot: Any, seed: int):
    plain = copy.copy(policy)
    plain._recent = None
    domain, rng = bot.agent.domain, random.Random(seed)
    tracker = DialogueStateTracker.from_events("s", [], domain.slots)
    predicted = 0
    for event in _whole_talk(rng, domain, lambda: _action(policy, tracker, domain)):
        tracker.update(event)
        if rng.random() < 0.7:
            mine, rasas = (one.predict_action_probabilities(tracker, domain) for one in (policy, plain))
            assert mine.probabilities == rasas.probabilities
            assert mine.events == rasas.events
            assert mine.is_no_user_prediction == rasas.is_no_user_prediction
            predicted += 1
    assert predicted > 20


def _action(policy: RecentRules, tracker: DialogueStateTracker, domain: Domain) -> str:
    probabilities = policy.predict_action_probabilities(tracker, domain).probabilities
    return domain.action_names_or_texts[max(range(len(probabilities)), key=probabilities.__getitem__)]


def _whole_talk(rng: random.Random, domain: Domain, predict: Any) -> Iterator[Event]:
    """Turns as the bot has them: mostly what the rules say, at times what an action decided itself."""
    yield from (ActionExecuted("action_session_start"), SessionStarted(), ActionExecuted("action_listen"))
    forms = sorted(domain.form_names)
    for _ in range(12):
        intent = rng.choice([*sorted(domain.intents), "nlu_fallback"])
        yield UserUttered("话", {"name": intent, "confidence": 1.0})
        for _ in range(rng.randint(1, 4)):
            action = predict() if rng.random() < 0.8 else rng.choice([*forms, "action_greet", "action_faq"])
            if action == "action_listen":
                break
            if action in forms and rng.random() < 0.4:
                yield ActionExecutionRejected(action)
                continue
            yield ActionExecuted(action)
            if action in forms:
                yield ActiveLoop(action if rng.random() < 0.7 else None)
                yield SlotSet("requested_slot", rng.choice(["case_order", None]))
        yield ActionExecuted("action_listen")
