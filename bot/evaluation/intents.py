"""Intents: accuracy, by intent, confusions, calibration; wishes denied and what is no business of a shop."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sklearn.metrics import f1_score

from bot.evaluation.examples import Example
from bot.evaluation.measures import (
    Calibration,
    Confusion,
    Matrix,
    Scores,
    Share,
    calibration,
    confusions,
    matrix,
    scores,
    share,
)

FALLBACK, OUT_OF_SCOPE = "nlu_fallback", "out_of_scope"
#: Readings after which the bot only talks. Anything else looks something up, changes something, fills a form or calls
#: a person; a yes does too, since it confirms what was asked.
ONLY_TALK = frozenset(
    {
        FALLBACK,
        OUT_OF_SCOPE,
        "chitchat",
        "clarify",
        "greet",
        "goodbye",
        "thank",
        "praise",
        "deny",
        "bot_challenge",
        "ask_capability",
        "feedback_positive",
        "feedback_negative",
    }
)

Parsed = Mapping[str, Any]


@dataclass(frozen=True)
class IntentReport:
    """Over the messages that have an intent; `groups` by their level or kind, `fallback` the share not understood.

    Calibration is of the classifier's best guess, also where the gate kept it back: the fallback's own confidence is
    what that guess lacks.
    """

    accuracy: Share
    macro_f1: float
    groups: dict[str, Share]
    fallback: Share
    table: list[Scores]
    confusions: list[Confusion]
    calibration: Calibration
    matrix: Matrix


@dataclass(frozen=True)
class DeniedReport:
    """Wishes denied: read as one of `must_not`, read as one of `ok`."""

    acted_on: Share
    right: Share
    mistakes: list[Confusion]


@dataclass(frozen=True)
class OutsideReport:
    """What no shop does, and noise: the share read as something to act on, in all and by kind."""

    acted_on: Share
    groups: dict[str, Share]
    mistakes: list[Confusion]


def intent_report(cases: Sequence[tuple[Example, Parsed]]) -> IntentReport | None:
    """None when no message has an intent. The intents of the table and of macro-F1 are those labelled."""
    cases = [(example, parsed) for example, parsed in cases if example.intent is not None]
    if not cases:
        return None
    gold = [str(example.intent) for example, _ in cases]
    read = [name_read(parsed, wanted) for (_, parsed), wanted in zip(cases, gold, strict=True)]
    right = [wanted == said for wanted, said in zip(gold, read, strict=True)]
    guesses = [_best_guess(parsed) for _, parsed in cases]
    labelled = sorted(set(gold))
    return IntentReport(
        accuracy=share(sum(right), len(cases)),
        macro_f1=float(f1_score(gold, read, labels=labelled, average="macro", zero_division=0)),
        groups=_by_group([example.group for example, _ in cases], right),
        fallback=share(sum(_raw_name(parsed) == FALLBACK for _, parsed in cases), len(cases)),
        table=scores(gold, read, labelled),
        confusions=confusions(gold, read, [example.text for example, _ in cases]),
        calibration=calibration(
            [confidence for _, confidence in guesses],
            [_matches(name, wanted) for (name, _), wanted in zip(guesses, gold, strict=True)],
        ),
        matrix=matrix(gold, read),
    )


def denied_report(cases: Sequence[tuple[Example, Parsed]]) -> DeniedReport | None:
    """None when no wish is denied."""
    judged = [(example, _head(_raw_name(parsed))) for example, parsed in cases if example.denied]
    if not judged:
        return None
    acted = [(example, name) for example, name in judged if name in {_head(one) for one in example.must_not}]
    right = sum(name in {_head(one) for one in example.ok} for example, name in judged)
    mistakes = _read_as([(example.text, "denied", name) for example, name in acted])
    return DeniedReport(share(len(acted), len(judged)), share(right, len(judged)), mistakes)


def outside_report(cases: Sequence[tuple[Example, Parsed]]) -> OutsideReport | None:
    """None when every message has an intent."""
    judged = [(example, _head(_raw_name(parsed))) for example, parsed in cases if example.outside]
    if not judged:
        return None
    acted = [name not in ONLY_TALK for _, name in judged]
    groups = _by_group([example.group for example, _ in judged], acted)
    mistakes = _read_as(
        [(example.text, str(example.group), name) for (example, name), bad in zip(judged, acted, strict=True) if bad]
    )
    return OutsideReport(share(sum(acted), len(judged)), groups, mistakes)


def name_read(parsed: Parsed, gold: str) -> str:
    """The intent read; a sub-intent counts as its head, and not understood is right where the label is out_of_scope."""
    name = _raw_name(parsed)
    if name == FALLBACK and gold == OUT_OF_SCOPE:
        return OUT_OF_SCOPE
    return gold if _matches(name, gold) else _head(name)


def _raw_name(parsed: Parsed) -> str:
    return (parsed.get("intent") or {}).get("name") or FALLBACK


def _head(name: str) -> str:
    return name.split("/", 1)[0]


def _matches(name: str, gold: str) -> bool:
    return gold in (name, _head(name))


def _best_guess(parsed: Parsed) -> tuple[str, float]:
    """The most likely intent that is no fallback, with its confidence; the fallback with 0 when there is none."""
    guesses = (one for one in parsed.get("intent_ranking") or () if one["name"] != FALLBACK)
    best = next(guesses, {"name": FALLBACK, "confidence": 0.0})
    return best["name"], float(best["confidence"])


def _by_group(groups: Sequence[str | None], counted: Sequence[bool]) -> dict[str, Share]:
    sizes = Counter(group for group in groups if group is not None)
    parts = Counter(group for group, one in zip(groups, counted, strict=True) if one)
    return {group: share(parts[group], size) for group, size in sizes.items()}


def _read_as(cases: Sequence[tuple[str, str, str]]) -> list[Confusion]:
    """cases: (text, what it is, what it was read as)."""
    return confusions([wanted for _, wanted, _ in cases], [said for *_, said in cases], [text for text, *_ in cases])
