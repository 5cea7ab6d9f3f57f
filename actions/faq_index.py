"""The plain index: entries found by their letters alone.

Char n-gram TF-IDF over each entry's question and similar questions, after a light normalisation of service
synonyms. Letters that no entry knows count with the highest weight, so that a question about something else scores
low: a wrong answer in the shop's name is worse than none. Pure Python, built in milliseconds, read-only afterwards.
It answers while the model of `actions.faq_model` is being made, and where there is no encoder.
"""

from __future__ import annotations

import functools
import math
from collections import Counter
from collections.abc import Iterable
from typing import Any

from actions.faq_match import Index, Match, Sureness
from actions.faq_text import CLAUSES, normalise

#: Likenesses in [0, 1] from which an entry is the answer, and from which it may be quoted as "the nearest rule". On
#: tests/actions/test_faq.py: no stranger reaches either, nine of ten paraphrases do.
_ANSWER, _NEAR = 0.50, 0.38
#: What an intent's own topic adds to a likeness, and what another topic takes away.
_OWN_TOPIC, _OTHER_TOPIC = 0.15, -0.08
_REMEMBERED = 1024


def _grams(text: str) -> Counter[str]:
    return Counter(text[i : i + n] for n in (1, 2, 3) for i in range(len(text) - n + 1))


class FaqIndex(Index):
    """Answers looked up by likeness of the letters."""

    def __init__(self, entries: Iterable[Any]) -> None:
        super().__init__(entries)
        forms: list[tuple[int, Counter[str]]] = []
        for index, entry in enumerate(self.entries):
            for form in (entry.question, *entry.similar):
                grams = _grams(normalise(form))
                if grams:
                    forms.append((index, grams))
        total = len(self.entries)
        seen_in: dict[str, set[int]] = {}
        for index, grams in forms:
            for gram in grams:
                seen_in.setdefault(gram, set()).add(index)
        self._weight = {gram: math.log((total + 1) / (len(where) + 0.5)) for gram, where in seen_in.items()}
        # A piece no entry has speaks against all of them; pieces of two or three letters break at every strange
        # letter, so each counts for less.
        self._unknown = 0.6 * math.log((total + 1) / 0.5) if total else 0.0
        self._forms = [(index, self._vector(grams)) for index, grams in forms]
        self._postings: dict[str, list[tuple[int, float]]] = {}
        for position, (_, vector) in enumerate(self._forms):
            for gram, weight in vector.items():
                self._postings.setdefault(gram, []).append((position, weight))
        self._ranked = functools.lru_cache(maxsize=_REMEMBERED)(self._rank)

    def _vector(self, grams: Counter[str]) -> dict[str, float]:
        # A longer gram says more; repeats say little.
        raw = {
            gram: (1 + math.log(count)) * self._weight.get(gram, self._unknown) * (0.5 + 0.5 * len(gram))
            for gram, count in grams.items()
        }
        norm = math.sqrt(sum(value * value for value in raw.values()))
        return {gram: value / norm for gram, value in raw.items()} if norm else {}

    def ranked(self, text: str, intent: str | None = None) -> tuple[Match, ...]:
        """Entries with any likeness, best first. A message of several clauses counts by its best clause, at a small
        discount. What was asked lately is remembered: the bot's own questions are asked again and again."""
        return self._ranked(text, intent)

    def _rank(self, text: str, intent: str | None) -> tuple[Match, ...]:
        clauses = [part for part in CLAUSES.split(text) if part]
        pieces = [(text, 1.0)] + ([(part, 0.95) for part in clauses] if len(clauses) > 1 else [])
        best: dict[int, float] = {}
        for piece, discount in pieces:
            letters = normalise(piece)
            if len(letters) < 2:
                continue
            found: dict[int, float] = {}
            for gram, weight in self._vector(_grams(letters)).items():
                for position, other in self._postings.get(gram, ()):
                    found[position] = found.get(position, 0.0) + weight * other
            for position, likeness in found.items():
                entry = self._forms[position][0]
                best[entry] = max(best.get(entry, 0.0), likeness * discount)
        known = self._topics.known(intent)
        scored = []
        for index, likeness in best.items():
            prior = (_OWN_TOPIC if self._topics.speaks_of(index, intent) else _OTHER_TOPIC) if known else 0.0
            score = max(0.0, min(1.0, likeness + prior * min(1.0, likeness / 0.25)))
            sureness = Sureness.ANSWER if score >= _ANSWER else Sureness.NEAR if score >= _NEAR else Sureness.SILENT
            scored.append(Match(self.entries[index], score, sureness))
        return tuple(sorted(scored, key=lambda match: (-match.score, str(match.entry.entry_id))))
