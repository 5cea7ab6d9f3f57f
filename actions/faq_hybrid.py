"""The index that knows the meaning: the FAQ's model asked stage by stage, the slow encoder only where the fast is
unsure."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from actions.faq_index import FaqIndex
from actions.faq_match import Index, Match
from actions.faq_model import FaqModel, Stage, TextEncoder, evidence_of, kernel, leads_of
from actions.faq_text import CLAUSES, plain

#: What is left of an entry's score when the reading says that the question is about something else.
_OTHER_TOPIC = 0.7
#: Clauses looked at one by one in a message of several, the last ones: a wish mostly stands at the end.
_CLAUSES_ASKED, _SHORTEST_CLAUSE = 3, 4
_LISTED = 10
_REMEMBERED = 1024
_FEW = 200  # wordings; the demo shop has some eight hundred


class HybridIndex(Index):
    """Entries found by a fitted model. `encoders` are those it was fitted with.

    A shop with few wordings calibrates its model on little, and it is silent for long. There, what the model alone
    would not say is said where the plain index, which knows nothing but letters, is sure of the very same entry.
    """

    def __init__(self, entries: Iterable[Any], model: FaqModel, encoders: Sequence[TextEncoder]) -> None:
        super().__init__(entries)
        self.model = model
        self._encoders = {encoder.name: encoder for encoder in encoders}
        self._letters = FaqIndex(self.entries)
        few = len(model.wordings.owner) < _FEW
        self._ranked = functools.lru_cache(maxsize=_REMEMBERED)(self._agreed if few else self._rank)

    def ranked(self, text: str, intent: str | None = None) -> tuple[Match, ...]:
        """The ten likeliest entries, best first; a match's score is the chance that it answers. A message of several
        clauses counts as the one of its pieces that is surest. What was asked lately is remembered."""
        return self._ranked(text, intent)

    def _agreed(self, text: str, intent: str | None) -> tuple[Match, ...]:
        found, by_letters = self._rank(text, intent), self._letters.ranked(text, intent)
        if found and by_letters and by_letters[0].entry is found[0].entry:
            sureness = max(found[0].sureness, by_letters[0].sureness)
            return replace(found[0], sureness=sureness), *found[1:]
        return found

    def _rank(self, text: str, intent: str | None) -> tuple[Match, ...]:
        pieces = _pieces(text)
        if not pieces:
            return ()
        prior, known = self._prior(intent), self.model.wordings
        letters, cosines = known.cosine_of_letters(pieces), []
        for stage in self.model.stages:
            slowest = stage.encoders[-1]
            vectors = known.vectors_of(slowest, self._encoders[slowest].encode(pieces))
            cosines.append(vectors @ known.encodings[slowest].T)
            scores = np.maximum(kernel(letters, cosines) @ stage.weights, 0.0) * prior
            likeness = vectors @ known.answers[slowest].T
            confidence = stage.calibration.confidence(*evidence_of(scores, likeness).T)
            surest = int(confidence.argmax())
            if confidence[surest] >= stage.calibration.answer:
                break
        return self._matches(scores[surest], likeness[surest], stage)

    def _prior(self, intent: str | None) -> np.ndarray:
        if not self._topics.known(intent):
            return np.ones(len(self.entries), dtype=np.float32)
        return np.array(
            [1.0 if self._topics.speaks_of(place, intent) else _OTHER_TOPIC for place in range(len(self.entries))],
            dtype=np.float32,
        )

    def _matches(self, scores: np.ndarray, likeness: np.ndarray, stage: Stage) -> tuple[Match, ...]:
        order = np.argsort(-scores, kind="stable")[:_LISTED]
        # The best leads by what it is ahead of the next; the others by what they are behind the best.
        leads = scores[order] - scores[order[0]]
        leads[0] = leads_of(scores[None])[0]
        chances = stage.calibration.confidence(leads, likeness[order]).tolist()
        return tuple(
            Match(self.entries[place], chance, stage.calibration.sureness(chance))
            for place, chance in zip(order, chances, strict=True)
        )


def _pieces(text: str) -> list[str]:
    """The message, and its last clauses when it has several; [] where it has no letter."""
    whole = plain(text)
    clauses = [part for part in CLAUSES.split(whole) if len(part) >= _SHORTEST_CLAUSE]
    if not any(letter.isalnum() for letter in whole):
        return []
    return list(dict.fromkeys([whole, *(clauses[-_CLAUSES_ASKED:] if len(clauses) > 1 else [])]))
