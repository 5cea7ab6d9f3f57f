"""For and against in a review, aspect by aspect: clauses, the aspects that they name, words of judgement, a classifier.

The log-odds that a review speaks well of an aspect are those of the words, summed over the clauses that name it, and
those of the classifier, added as in naive Bayes (a logarithmic opinion pool, Genest & Zidek 1986):

    λ = a · ln(p / (1 − p)) + b · Σ s

s: −1, 0 or +1, the side that a clause's words of judgement take, those of the aspect before general ones, each turned
by a negation. p: the classifier's chance that the review is for; for goods it reads the review without the clauses
about service, for service only these: a slow parcel says nothing of what was in it. The review is for the aspect above
t, against it below −t, undecided between. a, b and t were set on restaurant reviews (`benchmarks/reviews.py`): single
clauses are too short for a classifier that has learnt whole reviews.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from actions import aspects
from bot.components.mood_cues import negations_before, polar_words, without_false_negators
from bot.components.text import normalise

Score = Callable[[Sequence[str]], np.ndarray]
"""Texts → float64 (n,) in [-1, 1], chance of for less chance of against: `ReviewPolarity.score`."""

_CLASSIFIER, _WORDS, _DECIDED = 0.4, 2.5, 0.7  # a, b, t above
_MOST_CERTAIN = 0.97  # of the classifier: however sure it is, a word of judgement decides
_CLAUSE_ENDS = re.compile(r"[,。!?;~…\s]+|(?=(?<!不)但|不过|可是|只是|就是|然而)")


@dataclass(frozen=True)
class Mention:
    """An aspect in a clause; `side`: what the words of judgement say of it, -1, 0 or +1."""

    clause: str
    aspect: str
    side: int


def mentions(text: str) -> list[Mention]:
    """What a review speaks of, in order. A clause that names no aspect judges the whole (`aspects.WHOLE`)."""
    clauses = [part.strip() for part in _CLAUSE_ENDS.split(normalise(text).text.lower())]
    return [mention for clause in clauses if clause for mention in _in_clause(clause)]


def _in_clause(clause: str) -> list[Mention]:
    claims = _claims(clause)
    judged = _judgements(clause, [(start, end) for start, end, _, _ in claims])
    if not claims:
        return [Mention(clause, aspects.WHOLE, _side(side for _, side in judged))]
    starts: dict[str, int] = {}
    own: dict[str, int] = defaultdict(int)
    for start, _, name, side in sorted(claims):
        starts.setdefault(name, start)
        own[name] += side
    sides: dict[str, int] = {}
    following = 0
    for name in reversed(starts):  # 音质和续航都很好: what is judged further on is judged by the same words
        after = [other for other in starts.values() if other > starts[name]]
        first = starts[name] if starts[name] > min(starts.values()) else 0
        general = _side(side for at, side in judged if first <= at < min(after, default=len(clause)))
        sides[name] = following = _side([own[name]]) or general or following
    return [Mention(clause, name, sides[name]) for name in starts]


def _claims(clause: str) -> list[tuple[int, int, str, int]]:
    """(start, end, aspect, side) of the words that name an aspect; each character belongs to one aspect only."""
    claims: list[tuple[int, int, str, int]] = []
    cleared = without_false_negators(clause)
    for aspect in aspects.table():
        if aspect.name == aspects.WHOLE:
            continue
        for pattern, side in ((aspect.good, 1), (aspect.bad, -1), (aspect.topic, 0)):
            for hit in pattern.finditer(clause):
                start, end = hit.span()
                if any(start < e and s < end for s, e, _, _ in claims):
                    continue
                turned = negations_before(cleared, start) % 2 == 1
                claims.append((start, end, aspect.name, -side if turned else side))
    return claims


def _judgements(clause: str, taken: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """(position, side) of words of judgement that name no aspect."""
    whole, cleared = aspects.by_name()[aspects.WHOLE], without_false_negators(clause)
    found = {at: side for at, side, _ in polar_words(cleared)}
    for pattern, side in ((whole.good, 1), (whole.bad, -1)):
        for hit in pattern.finditer(clause):
            turned = negations_before(cleared, hit.start()) % 2 == 1
            found.setdefault(hit.start(), -side if turned else side)
    return [(at, side) for at, side in found.items() if not any(start <= at < end for start, end in taken)]


def _side(sides: Sequence[int]) -> int:
    return int(np.sign(sum(sides)))


def read(texts: Sequence[str], score: Score | None) -> list[dict[str, int]]:
    """For each review: aspect → +1 for, -1 against, 0 undecided, of the aspects it speaks of. The whole is judged by
    everything that is not about service. `score`: the classifier; None: words alone."""
    found = [mentions(text) for text in texts]
    sides = [(_joined(of_one, service=False), _joined(of_one, service=True)) for of_one in found]
    different = list(dict.fromkeys(side for both in sides for side in both if side))
    odds = dict(zip(different, _log_odds(score, different), strict=True))
    return [
        _verdicts(of_one, odds.get(goods, 0.0), odds.get(service, 0.0))
        for of_one, (goods, service) in zip(found, sides, strict=True)
    ]


def _about_service(aspect: str) -> bool:
    return aspects.by_name()[aspect].of == aspects.SERVICE


def _joined(found: list[Mention], service: bool) -> str:
    return ",".join(dict.fromkeys(one.clause for one in found if _about_service(one.aspect) == service))


def _log_odds(score: Score | None, texts: list[str]) -> np.ndarray:
    if score is None or not texts:
        return np.zeros(len(texts))
    return 2 * np.arctanh(np.clip(score(texts), -_MOST_CERTAIN, _MOST_CERTAIN))


def _verdicts(found: list[Mention], goods: float, service: float) -> dict[str, int]:
    """goods, service: the classifier's log-odds for both sides of the review."""
    words: dict[str, int] = defaultdict(int)
    for one in found:
        words[one.aspect] += one.side
    of_goods = [one.side for one in found if not _about_service(one.aspect)]
    if of_goods:
        words[aspects.WHOLE] = sum(of_goods)
    return {
        name: _decided(_CLASSIFIER * (service if _about_service(name) else goods) + _WORDS * side)
        for name, side in words.items()
    }


def _decided(log_odds: float) -> int:
    return 0 if abs(log_odds) < _DECIDED else int(np.sign(log_odds))
