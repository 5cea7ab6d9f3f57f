"""What the actions work with, handed in once by whoever runs them.

Nothing is opened at import: the server (or a test) builds a `Services` and calls `configure`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from actions.faq import FaqSource

if TYPE_CHECKING:
    from actions.faq_model import TextEncoder
    from recommender import ShopRecommender
    from store import Store
    from store.models import CatalogueSnapshot


class NotConfiguredError(RuntimeError):
    """An action ran before anybody called `configure`."""


@dataclass(frozen=True)
class Limits:
    """Bounds that the merchant may set. Times in seconds."""

    action_seconds: float = 2.0
    """How long one action may take before a write of it is refused; below the server's own limit, so that
    an action that was given up on doesn't do its deed later."""
    suggestions: int = 3
    """Goods shown at a time. A phone shows three without scrolling."""
    upset_turns: int = 2
    """The how-manieth upset message of a talk brings the offer of a person."""
    fallbacks: int = 2
    """The how-manieth message not understood in a row brings the menu and the offer of a person."""


@dataclass
class Services:
    """store: the shop's database. recommender_provider: gives the trained `ShopRecommender`, None while there is none.
    faq: the shop's own questions and answers, by default those in the store, found by meaning with `encoders` (the
    fastest first) and by their letters alone without. clock: what time it is, timezone-aware; by
    default the store's."""

    store: Store
    recommender_provider: Callable[[], ShopRecommender | None] = lambda: None
    faq: FaqSource | None = None
    clock: Callable[[], datetime] | None = None
    limits: Limits = field(default_factory=Limits)
    encoders: Sequence[TextEncoder] = ()

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        if self.faq is None:
            self.faq = FaqSource(self.store.faq, self.encoders)
        self._view: tuple[tuple[int, int], Any] | None = None

    def now(self) -> datetime:
        return self.clock() if self.clock else self.store.clock.now()

    def catalogue(self) -> CatalogueSnapshot:
        return self.store.catalogue.snapshot()

    def answer(self, text: str, intent: str | None = None) -> str | None:
        """The shop's own answer to a question, word for word, or None when it has none."""
        found = self.faq.best(text, intent)
        return found.entry.answer if found else None

    def recommender(self) -> ShopRecommender:
        """The trained recommender looking at today's catalogue; the view is made anew when catalogue or model
        changed. Without a model: one that knows the goods and nobody's purchases, honest and never empty."""
        from actions.shelf import as_items, untrained

        model, catalogue = self.recommender_provider(), self.catalogue()
        key = (id(model), catalogue.version)
        with self._lock:
            if self._view is None or self._view[0] != key:
                items = as_items(catalogue)
                self._view = (key, model.with_catalogue(items) if model is not None else untrained(items))
            return self._view[1]


_current: Services | None = None


def configure(services: Services) -> None:
    """Sets what all actions of this process use."""
    global _current
    _current = services


def services() -> Services:
    if _current is None:
        raise NotConfiguredError("动作还没有配置：先调用 actions.services.configure(Services(store=…))，再运行动作。")
    return _current
