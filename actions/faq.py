"""The shop's own answers: which entry, if any, answers what the customer asked."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Sequence
from typing import Any

from actions.faq_hybrid import HybridIndex
from actions.faq_index import FaqIndex
from actions.faq_match import Index, Match, Sureness
from actions.faq_model import TextEncoder, fit

log = logging.getLogger(__name__)

#: From where an answer is told as the answer, and from where as "the nearest rule".
THRESHOLD, NEAR = Sureness.ANSWER, Sureness.NEAR


def best_index(entries: Sequence[Any], encoders: Sequence[TextEncoder]) -> Index:
    """The index by meaning, or by letters alone where there are no encoders or too few wordings to calibrate on."""
    model = fit(entries, encoders)
    return HybridIndex(entries, model, encoders) if model else FaqIndex(entries)


class FaqSource:
    """The index over the store's FAQ, built anew when the FAQ's version changes.

    The plain index is there at once; with `encoders` (the fastest first) the one by meaning is made in the background
    and takes its place. When that fails, the plain one stays."""

    def __init__(self, repository: Any, encoders: Sequence[TextEncoder] = ()) -> None:
        self._repository, self._encoders = repository, tuple(encoders)
        self._lock = threading.Lock()
        self._built: tuple[Any, Index] | None = None
        self._letters = FaqIndex(())
        self._making: threading.Thread | None = None

    def index(self) -> Index:
        """What answers now. Never waits for an encoder."""
        version, entries = self._repository.snapshot()
        built = self._built
        if built is not None and built[0] == version:
            return built[1]
        with self._lock:
            if self._built is None or self._built[0] != version:
                self._letters = FaqIndex(entries)
                self._built = (version, self._letters)
                if self._encoders:
                    self._making = threading.Thread(
                        target=self._make, args=(version, entries), name="faq-index", daemon=True
                    )
                    self._making.start()
            return self._built[1]

    def ready(self, timeout: float | None = None) -> Index:
        """What answers when the background work is done, or `timeout` seconds have passed."""
        self.index()
        if self._making is not None:
            self._making.join(timeout)
        return self.index()

    def _make(self, version: Any, entries: Sequence[Any]) -> None:
        try:
            made = best_index(entries, self._encoders)
        except Exception:  # whatever an encoder or a damaged file may raise: the plain index goes on answering
            log.exception("the FAQ is searched by its letters alone")
            return
        with self._lock:
            if self._built is not None and self._built[0] == version:
                self._built = (version, made)

    def best(self, text: str, intent: str | None = None, sureness: Sureness = Sureness.ANSWER) -> Match | None:
        return self.index().best(text, intent, sureness)

    def rule(self, question: str, intent: str | None = None, sureness: Sureness = Sureness.NEAR) -> Match | None:
        """The entry for a standard question of the bot's own, put in words that shops use: letters find those surely,
        and the same way before and after the index by meaning is made."""
        self.index()
        return self._letters.best(question, intent, sureness)

    def likeliest(self, text: str, intent: str, most: int) -> list[Any]:
        """At most so many entries to choose among: the likeliest, then what else speaks of the intent's topic."""
        index = self.index()
        found = (*(match.entry for match in index.ranked(text, intent)), *index.about(intent))
        return list({entry.entry_id: entry for entry in found}.values())[:most]

    def entry(self, entry_id: str) -> Any | None:
        return next((entry for entry in self.index().entries if str(entry.entry_id) == entry_id), None)


_CN_NUMBERS = {"一": 1, "两": 2, "二": 2, "三": 3, "五": 5, "七": 7, "八": 8, "十": 10, "十五": 15, "三十": 30}


def term_days(answer: str) -> int | None:
    """The first term in days that an answer grants ("签收后 7 天内", "三十天"), None when it names none."""
    found = re.search(r"(\d{1,3}|三十|十五|[一两二三五七八十])\s*(?:天|日)(?:之?内|无理由|以内)?", answer)
    if not found:
        return None
    word = found.group(1)
    return int(word) if word.isdigit() else _CN_NUMBERS.get(word)
