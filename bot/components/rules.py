"""Rasa's RulePolicy, looking only as far back as its longest rule, and once at each different situation.

Rasa describes every step of the whole talk anew for every prediction, and holds every rule against every step: a
fifth of a turn, growing with the talk. Which rules fit depends on nothing but the last few steps, as many as the
longest rule has, and of these on what some rule asks about: that much is compared, and what was found is remembered.
The predictions are RulePolicy's, as a test over random talks shows.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from rasa.core.policies.rule_policy import RULES, RULES_FOR_LOOP_UNHAPPY_PATH, RulePolicy
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.core.constants import PREVIOUS_ACTION
from rasa.shared.core.domain import Domain, State
from rasa.shared.core.events import ActionExecuted, Event
from rasa.shared.core.trackers import DialogueStateTracker

# The attribute of a tracker that holds its steps; a copy of a tracker must not share it.
STEPS = "_zhike_steps"
_SITUATIONS = 4096  # remembered for each set of rules


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True)
class RecentRules(RulePolicy):
    """Options are RulePolicy's. Trains as RulePolicy; a loaded one predicts from recent steps."""

    _recent: dict[int, RuleTable] | None = None

    @classmethod
    def load(cls, *args: Any, **kwargs: Any) -> RecentRules:
        policy = super().load(*args, **kwargs)
        lookups = [policy.lookup[name] for name in (RULES, RULES_FOR_LOOP_UNHAPPY_PATH)]
        policy._recent = {id(lookup): RuleTable(policy, lookup) for lookup in lookups}
        return policy

    def _prediction_states(
        self,
        tracker: DialogueStateTracker,
        domain: Domain,
        use_text_for_last_user_input: bool = False,
        rule_only_data: dict[str, Any] | None = None,
    ) -> list[State]:
        if self._recent is None:
            return super()._prediction_states(tracker, domain, use_text_for_last_user_input, rule_only_data)
        # One step more than the longest rule: then it cannot be taken for the beginning of the talk.
        states = recent_states(tracker, domain, 1 + max(table.longest for table in self._recent.values()))
        self.featurizer._choose_last_user_input([states], use_text_for_last_user_input)
        return states

    def _get_possible_keys(self, lookup: dict[str, str], states: list[State]) -> set[str]:
        table = (self._recent or {}).get(id(lookup))
        return super()._get_possible_keys(lookup, states) if table is None else table.possible_keys(states)


class RuleTable:
    """One of RulePolicy's lookups, with what was found in situations met before."""

    def __init__(self, policy: RulePolicy, lookup: Mapping[str, str]):
        self._find = super(RecentRules, policy)._get_possible_keys
        self._lookup = lookup
        rules = [policy._rule_key_to_state(key) for key in lookup]
        self.longest = max(map(len, rules), default=0)
        # What some rule asks about: a part of a state (user, previous action, slots …) and a key in it.
        self._asked = sorted({(part, key) for rule in rules for state in rule for part in state for key in state[part]})
        self._found: OrderedDict[Hashable, frozenset[str]] = OrderedDict()

    def possible_keys(self, states: Sequence[State]) -> set[str]:
        """The rules that fit what `states` end with."""
        recent = states[-self.longest :] if self.longest else []
        situation = tuple(self._seen(state) for state in recent)
        found = self._found.get(situation)
        if found is None:
            found = self._found[situation] = frozenset(self._find(self._lookup, recent))
            if len(self._found) > _SITUATIONS:
                self._found.popitem(last=False)
        return set(found)

    def _seen(self, state: State) -> Hashable:
        values = (state.get(part, {}).get(key) for part, key in self._asked)
        return bool(state.get(PREVIOUS_ACTION)), *(tuple(v) if isinstance(v, list) else v for v in values)


def recent_states(tracker: DialogueStateTracker, domain: Domain, count: int) -> list[State]:
    """The last `count` of `Domain.states_for_tracker_history`, at most; the caller may change them.

    What a step was like does not change any more: steps are remembered with the tracker.
    """
    applied = tracker.applied_events()
    steps = tracker.__dict__.get(STEPS)
    if steps is None or steps.domain is not domain or not steps.continued_by(applied):
        steps = tracker.__dict__[STEPS] = _Steps(domain, tracker.init_copy())
    steps.go_on(applied)
    states = [*steps.states[max(0, len(steps.states) + 1 - count) :], steps.now()]
    return [{part: dict(values) for part, values in state.items()} for state in states]


class _Steps:
    """The states before each action of a tracker, and a tracker that has come as far."""

    def __init__(self, domain: Domain, replayed: DialogueStateTracker):
        self.domain, self.replayed = domain, replayed
        self.applied: list[Event] = []
        self.states: list[State] = []

    def continued_by(self, applied: list[Event]) -> bool:
        """Whether what was applied then still is: an action that was undone, or a form's inner turns, are not."""
        return len(applied) >= len(self.applied) and all(a is b for a, b in zip(self.applied, applied, strict=False))

    def go_on(self, applied: list[Event]) -> None:
        for event in applied[len(self.applied) :]:
            if isinstance(event, ActionExecuted):
                self.states.append(self.now())
            self.replayed.update(event)
        self.applied = applied

    def now(self) -> State:
        return self.domain._clean_state(self.domain.get_active_state(self.replayed))
