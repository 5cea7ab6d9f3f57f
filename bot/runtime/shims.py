"""Changes to Rasa 3.6.21 where it has no extension point. Each says what it costs without, and is tested against
Rasa's own.

Applied once by the server (`apply`), never by `rasa train`. Rasa is pinned; a change of its version fails the test
that compares it.
"""

from __future__ import annotations

import copy as stdlib_copy
import functools
import itertools
from collections.abc import Callable, Sequence
from graphlib import TopologicalSorter
from types import SimpleNamespace
from typing import Any, TypeVar

import fastjsonschema
import rasa
import rasa.core.actions.action as actions_module
import rasa.core.actions.forms as forms_module
import rasa.core.nlg.interpolator as interpolator_module
import rasa.core.policies.rule_policy as rule_policy_module
import rasa.core.processor as processor_module
from jsonschema import Draft202012Validator, ValidationError
from jsonschema.exceptions import best_match
from rasa.core.actions.action import Action, ActionExtractSlots, RemoteAction
from rasa.core.actions.forms import FormAction
from rasa.core.policies.policy import Policy
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.shared.core.constants import (
    ACTION_VALIDATE_SLOT_MAPPINGS,
    DEFAULT_SLOT_NAMES,
    REQUESTED_SLOT,
    SlotMappingType,
)
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActionReverted,
    ActiveLoop,
    Event,
    Restarted,
    SessionStarted,
    SlotSet,
    UserUtteranceReverted,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from bot.components.rules import STEPS

T = TypeVar("T")
RASA_VERSION = "3.6.21"
# An action sees this many events at least, and always all of the current turn.
RECENT_EVENTS = 40


@functools.lru_cache(maxsize=1)
def _validator() -> Draft202012Validator:
    return Draft202012Validator(RemoteAction.action_response_format_spec())


@functools.lru_cache(maxsize=1)
def _event_validators() -> dict[str, Callable[[Any], Any]]:
    """Event name → what raises when such an event is not as the schema asks. Its 23 alternatives differ in the name, so
    one is enough.
    """
    items = RemoteAction.action_response_format_spec()["properties"]["events"]["items"]
    common = {key: value for key, value in items.items() if key != "oneOf"}
    return {
        one["properties"]["event"]["const"]: fastjsonschema.compile({"allOf": [common, one]}, use_default=False)
        for one in items["oneOf"]
    }


def validate_action_result(self: RemoteAction, result: dict[str, Any]) -> bool:
    """Same verdict as Rasa's. Rasa checks the schema itself and all alternatives for every action: 41 % of a turn."""
    if _surely_valid(result):
        return True
    error = best_match(_validator().iter_errors(result))
    if error is not None:
        raise ValidationError(f"{error.message}. The action endpoint's answer has not the form that Rasa wants.")
    return True


def _surely_valid(result: Any) -> bool:
    if not isinstance(result, dict):
        return False
    events, responses = result.get("events", []), result.get("responses", [])
    if not isinstance(events, list) or not isinstance(responses, list):
        return False
    return all(isinstance(response, dict) for response in responses) and all(map(_valid_event, events))


def _valid_event(event: Any) -> bool:
    validate = _event_validators().get(event.get("event")) if isinstance(event, dict) else None
    if validate is None:
        return False
    try:
        validate(event)
    except fastjsonschema.JsonSchemaException:
        return False
    return True


@functools.lru_cache(maxsize=64)
def event_class(type_name: str, default: type[Event] | None = None) -> type[Event] | None:
    """Rasa's `Event.resolve_by_type`, remembered: it walks all subclasses for each event that an action returns."""
    return _RESOLVE(type_name, default)


class _Applied:
    """How far `applied_events` has come with a tracker's events, and what it had then."""

    def __init__(self) -> None:
        self.seen, self.last = 0, None
        self.loops: set[str] = set()
        self.applied: list[Event] = []

    def continues(self, events: Sequence[Event]) -> bool:
        return self.seen <= len(events) and (self.seen == 0 or events[self.seen - 1] is self.last)


def applied_events(self: DialogueStateTracker) -> list[Event]:
    """Rasa's, going on from where it was when asked last. Rasa walks the whole talk, eight times a turn."""
    memo = self.__dict__.get(_APPLIED_MEMO)
    if memo is None or not memo.continues(self.events):
        memo = self.__dict__[_APPLIED_MEMO] = _Applied()
    fresh = list(itertools.islice(self.events, memo.seen, None))
    named = {event.name for event in fresh if isinstance(event, ActiveLoop) and event.name}
    if memo.seen and not named <= memo.loops:
        # A form that runs for the first time: Rasa looks at what came before with its name in mind.
        memo = self.__dict__[_APPLIED_MEMO] = _Applied()
        fresh = list(self.events)
        named = {event.name for event in fresh if isinstance(event, ActiveLoop) and event.name}
    memo.loops |= named
    for event in fresh:
        _apply(self, memo, event)
    memo.seen = len(self.events)
    memo.last = self.events[-1] if self.events else None
    return list(memo.applied)


def _apply(tracker: DialogueStateTracker, memo: _Applied, event: Event) -> None:
    """One step of Rasa's loop, with its own helpers."""
    applied = memo.applied
    if isinstance(event, Restarted | SessionStarted):
        applied.clear()
    elif isinstance(event, ActionReverted):
        tracker._undo_till_previous(ActionExecuted, applied)
    elif isinstance(event, UserUtteranceReverted):
        tracker._undo_till_previous(UserUttered, applied)
        tracker._undo_till_previous(ActionExecuted, applied)
    elif (
        isinstance(event, ActionExecuted)
        and event.action_name in memo.loops
        and not tracker._first_loop_execution_or_unhappy_path(event.action_name, applied)
    ):
        tracker._undo_till_previous_loop_execution(event.action_name, applied)
    else:
        applied.append(event)


def action_call_format(self: RemoteAction, tracker: DialogueStateTracker, domain: Domain) -> dict[str, Any]:
    """What our actions read, not the whole conversation and domain, which Rasa serialises for every action."""
    events = tracker.events
    first = max(0, len(events) - RECENT_EVENTS)
    while first > 0 and not isinstance(events[first], UserUttered):
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


class StraightRunner:
    """Runs a prediction graph's nodes one after the other, in an order worked out once for each set of targets.

    Rasa builds a dask graph and a dask schedule anew for every run, three runs a turn: 1.5 ms.
    """

    def __init__(self, runner: DaskGraphRunner):
        self._nodes, self._schema = runner._instantiated_nodes, runner._graph_schema
        self._orders: dict[tuple[str, ...], list[tuple[str, Any, tuple[str, ...]]]] = {}

    def run(self, inputs: dict[str, Any] | None = None, targets: list[str] | None = None) -> dict[str, Any]:
        wanted = tuple(targets or self._schema.target_names)
        order = self._orders.get(wanted)
        if order is None:
            order = self._orders[wanted] = self._order(wanted)
        results: dict[str, tuple[str, Any]] = {name: (name, value) for name, value in (inputs or {}).items()}
        for name, node, needs in order:
            results[name] = node(*(results[need] for need in needs))
        return dict(results[name] for name in wanted)

    def _order(self, targets: tuple[str, ...]) -> list[tuple[str, Any, tuple[str, ...]]]:
        wanted = self._schema.minimal_graph_schema(list(targets)).nodes
        needs = {name: tuple(node.needs.values()) for name, node in wanted.items()}
        order = TopologicalSorter(
            {name: [need for need in given if need in wanted] for name, given in needs.items()}
        ).static_order()
        return [(name, self._nodes[name], needs[name]) for name in order]


def copy_tracker(self: DialogueStateTracker) -> DialogueStateTracker:
    """A tracker with the same state, its own slots, loop and list of events. Rasa replays the whole talk, twice a
    turn or more.
    """
    twin = _twin(self)
    twin.events = stdlib_copy.copy(self.events)
    twin.slots = {name: _twin(slot) for name, slot in self.slots.items()}
    twin.active_loop = stdlib_copy.copy(self.active_loop)
    twin.latest_action = stdlib_copy.copy(self.latest_action)
    twin.__dict__.pop(STEPS, None)
    if (memo := self.__dict__.get(_APPLIED_MEMO)) is not None:
        twin.__dict__[_APPLIED_MEMO] = own = _twin(memo)
        own.loops, own.applied = set(memo.loops), list(memo.applied)
    return twin


def _twin(original: T) -> T:
    """As `copy.copy` for objects that keep all they have in `__dict__`, three times as fast."""
    twin = original.__class__.__new__(original.__class__)
    twin.__dict__.update(original.__dict__)
    return twin


def temporary_tracker(
    self: FormAction, current_tracker: DialogueStateTracker, additional_events: list[Event], domain: Domain
) -> DialogueStateTracker:
    """The tracker with what a form has found so far. Rasa replays the whole talk, up to three times for a form."""
    tracker = current_tracker.copy()
    requested = SlotSet(REQUESTED_SLOT, self.get_slot_to_fill(current_tracker))
    for event in (requested, ActionExecuted(self.name()), *additional_events):
        tracker.update(event)
    return tracker


_APPLIED_MEMO, _NOTHING_TO_EXTRACT = "_zhike_applied", "_zhike_nothing_to_extract"
_EXTRACT = ActionExtractSlots.run
_MAKE_DEFAULT_ACTIONS = actions_module.default_actions
_DEFAULT_ACTIONS: dict[int, tuple[EndpointConfig | None, list[Action]]] = {}
_APPLIED = DialogueStateTracker.applied_events
_RESOLVE = Event.resolve_by_type


async def extract_slots(
    self: ActionExtractSlots,
    output_channel: Any,
    nlg: Any,
    tracker: DialogueStateTracker,
    domain: Domain,
    metadata: dict[str, Any] | None = None,
) -> list[Event]:
    """Rasa's, where the domain has a slot that a message can fill. Rasa goes through all mappings of all slots to find
    that there is none.
    """
    if _filled_by_actions_only(domain):
        return []
    return await _EXTRACT(self, output_channel, nlg, tracker, domain)


def _filled_by_actions_only(domain: Domain) -> bool:
    known = domain.__dict__.get(_NOTHING_TO_EXTRACT)
    if known is None:
        mappings = [
            mapping for slot in domain.slots if slot.name not in DEFAULT_SLOT_NAMES for mapping in slot.mappings
        ]
        known = domain.__dict__[_NOTHING_TO_EXTRACT] = (
            all(mapping.get("type") == str(SlotMappingType.CUSTOM) and "action" not in mapping for mapping in mappings)
            and ACTION_VALIDATE_SLOT_MAPPINGS not in domain.action_names_or_texts
        )
    return known


def default_actions(action_endpoint: EndpointConfig | None = None) -> list[Action]:
    """Rasa's, made once for each endpoint: they keep nothing of a talk. Rasa makes all of them for each action."""
    known = _DEFAULT_ACTIONS.get(id(action_endpoint))
    if known is None or known[0] is not action_endpoint:
        known = _DEFAULT_ACTIONS[id(action_endpoint)] = (action_endpoint, _MAKE_DEFAULT_ACTIONS(action_endpoint))
    return known[1]


def _no_text(states: list[dict[str, Any]]) -> str:
    """Rasa writes out all states for a debug line, whether or not anybody reads it."""
    return ""


def _same(value: Any, memo: Any = None) -> Any:
    return value


# Modules whose every `copy.deepcopy` is an argument of a debug line (checked by a test against their source). Rasa
# makes these
# copies of events, slots and states even when nothing is logged: 5 to 10 % of a turn.
ONLY_FOR_LOGGING = (processor_module, forms_module, interpolator_module, rule_policy_module)


def apply() -> None:
    """Put the changes in place. Safe to call twice."""
    if rasa.__version__ != RASA_VERSION:
        raise RuntimeError(f"the shims are written for Rasa {RASA_VERSION}, not {rasa.__version__}")
    actions_module.RemoteAction._validate_action_result = validate_action_result
    actions_module.RemoteAction._action_call_format = action_call_format
    DialogueStateTracker.copy = copy_tracker
    FormAction._temporary_tracker = temporary_tracker
    DialogueStateTracker.applied_events = applied_events
    Event.resolve_by_type = staticmethod(event_class)
    ActionExtractSlots.run = extract_slots
    actions_module.default_actions = default_actions
    Policy.format_tracker_states = staticmethod(_no_text)
    for module in ONLY_FOR_LOGGING:
        module.copy = SimpleNamespace(deepcopy=_same)
