"""What belongs to one turn while it runs: its deadline, what failed, and the events it adds to the tracker."""

from __future__ import annotations

import time
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any


@dataclass
class RunningTurn:
    """deadline: `time.monotonic()` moment by which the last action has to be done."""

    deadline: float
    message: str = ""  # what to send again when it is tried once more: the words, or the button's payload
    failures: list[tuple[str, str]] = field(default_factory=list)  # (action, why)
    events: list[Any] = field(default_factory=list)  # rasa.shared.core.events.Event, in order

    @property
    def remaining(self) -> float:
        """Seconds left for actions; never negative."""
        return max(0.0, self.deadline - time.monotonic())


# Set by the conversation, read by the action endpoint and the tracker store, which Rasa calls in between.
running_turn: ContextVar[RunningTurn | None] = ContextVar("running_turn", default=None)
