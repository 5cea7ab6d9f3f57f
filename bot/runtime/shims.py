"""Three changes to Rasa 3.6.21 where it has no extension point. Each says what it costs without, and is tested.

Applied once by the server (`apply`), never by `rasa train`. Rasa is pinned; a change of its version fails the test that compares it.
"""
from __future__ import annotations

import functools
import itertools
from types import SimpleNamespace
from typing import Any

import rasa
import rasa.core.actions.action as actions_module
import rasa.core.actions.forms as forms_module
import rasa.core.nlg.interpolator as interpolator_module
import rasa.core.policies.rule_policy as rule_policy_module
import rasa.core.processor as processor_module
from jsonschema import Draft202012Validator, ValidationError
from jsonschema.exceptions import best_match
from rasa.core.actions.action import RemoteAction
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

RASA_VERSION = "3.6.21"
# An action sees this many events at least, and always all of the current turn.
RECENT_EVENTS = 40


@functools.lru_cache(maxsize=1)
def _validator() -> Draft202012Validator:
    return Draft202012Validator(RemoteAction.action_response_format_spec())


def validate_action_result(self: RemoteAction, result: dict[str, Any]) -> bool:
    """Same verdict as Rasa's, with the schema compiled once. Rasa checks the schema itself again for every action: 41 % of a turn."""
    error = best_match(_validator().iter_errors(result))
    if error is not None:
        raise ValidationError(f"{error.message}. The action endpoint's answer has not the form that Rasa wants.")
    return True


def action_call_format(self: RemoteAction, tracker: DialogueStateTracker, domain: Domain) -> dict[str, Any]:
    """What our actions read, not the whole conversation and domain, which Rasa serialises for every action."""
    events = tracker.events
    first = max(0, len(events) - RECENT_EVENTS)
    while 0 < first and not isinstance(events[first], UserUttered):
        first -= 1
    return {
        "next_action": self.name(),
        "sender_id": tracker.sender_id,
        "tracker": {
            "sender_id": tracker.sender_id,
            "slots": tracker.current_slot_values(),
            "latest_message": tracker._latest_message_data() or {},
            "latest_event_time": events[-1].timestamp if events else None,
            "followup_action": tracker.followup_action,
            "paused": tracker.is_paused(),
            "events": [event.as_dict() for event in itertools.islice(events, first, None)],
            "latest_input_channel": tracker.get_latest_input_channel(),
            "active_loop": vars(tracker.active_loop).copy() if tracker.active_loop else {},
            "latest_action_name": tracker.latest_action_name,
        },
        "domain": {},
        "version": rasa.__version__,
    }


def _same(value: Any, memo: Any = None) -> Any:
    return value


# Modules whose every `copy.deepcopy` is an argument of a debug line (checked by a test against their source). Rasa makes these
# copies of events, slots and states even when nothing is logged: 5 to 10 % of a turn.
ONLY_FOR_LOGGING = (processor_module, forms_module, interpolator_module, rule_policy_module)


def apply() -> None:
    """Put the changes in place. Safe to call twice."""
    if rasa.__version__ != RASA_VERSION:
        raise RuntimeError(f"the shims are written for Rasa {RASA_VERSION}, not {rasa.__version__}")
    actions_module.RemoteAction._validate_action_result = validate_action_result
    actions_module.RemoteAction._action_call_format = action_call_format
    for module in ONLY_FOR_LOGGING:
        module.copy = SimpleNamespace(deepcopy=_same)
