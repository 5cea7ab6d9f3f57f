"""Responses worded anew: of several wordings that fit, never the one said last in this conversation."""

from __future__ import annotations

import copy
import random
from collections import OrderedDict
from typing import Any

from rasa.core.nlg import interpolator
from rasa.core.nlg.generator import ResponseVariationFilter
from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator
from rasa.shared.core.trackers import DialogueStateTracker

REMEMBERED = 20_000  # (conversation, response) pairs


class VariedResponses(TemplatedNaturalLanguageGenerator):
    """Conditions see the slots *and* what the action handed over: `mood` of this message counts, not of the one
    before.
    """

    def __init__(
        self, responses: dict[str, list[dict[str, Any]]] | None = None, rng: random.Random | None = None
    ) -> None:
        super().__init__(responses or {})
        self._rng = rng or random.Random()
        self._last: OrderedDict[tuple[str, str], int] = OrderedDict()

    async def generate(
        self, utter_action: str, tracker: DialogueStateTracker, output_channel: str, **kwargs: Any
    ) -> dict[str, Any] | None:
        facts = {**tracker.current_slot_values(), **kwargs}
        chosen = self._choose(tracker.sender_id, utter_action, output_channel, facts)
        if chosen is None:
            return None
        # Rasa's interpolation writes into what it is given, hence the copy.
        return {
            key: interpolator.interpolate(copy.deepcopy(value), facts) if key in _FILLED else value
            for key, value in chosen.items()
            if key not in _INNER
        }

    def _choose(self, sender_id: str, name: str, channel: str, facts: dict[str, Any]) -> dict[str, Any] | None:
        if name not in self.responses:
            return None
        fitting = ResponseVariationFilter(self.responses).responses_for_utter_action(name, channel, facts)
        if not fitting:
            return None
        said = self._last.get((sender_id, name))
        fresh = [one for one in fitting if id(one) != said] or fitting
        chosen = self._rng.choice(fresh)
        self._last[sender_id, name] = id(chosen)
        self._last.move_to_end((sender_id, name))
        while len(self._last) > REMEMBERED:
            self._last.popitem(last=False)
        return chosen


_FILLED = frozenset({"text", "image", "custom", "buttons", "attachment", "quick_replies"})
_INNER = frozenset({"condition", "channel"})
