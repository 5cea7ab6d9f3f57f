"""Entities: which of the labelled ones were found, by span and by value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.evaluation.examples import Example
from bot.evaluation.measures import Scores, overall, scores

#: Types whose value does not depend on the shop's catalogue.
VALUED = frozenset({"budget", "order_id", "phone", "tracking_no"})
EXCLUDE = "exclude"
_NOTHING = "-"

Entity = Mapping[str, Any]
Key = tuple[str, ...]


@dataclass(frozen=True)
class EntityReport:
    """`span`: type, span and whether it is excluded agree. `value`: type, value and that, wherever it stands, for types
    with a value of their own. The first line is all together; types that the file never labels are left out.
    """

    span: list[Scores]
    value: list[Scores]


def entity_report(cases: Sequence[tuple[Example, Mapping[str, Any]]]) -> EntityReport | None:
    """Over messages whose entities are labelled, be it as none; None when no entity is."""
    pairs = [
        (example.entities, parsed.get("entities") or ()) for example, parsed in cases if example.entities is not None
    ]
    types = frozenset(one["entity"] for gold, _ in pairs for one in gold)
    if not types:
        return None
    return EntityReport(_scores(pairs, types, _span_key), _scores(pairs, types & VALUED, _value_key))


def _scores(
    pairs: Iterable[tuple[Iterable[Entity], Iterable[Entity]]], types: frozenset[str], key: Callable[[Entity], Key]
) -> list[Scores]:
    """Every entity that is found, missed or made up is one case: type against type, or against nothing."""
    gold: list[str] = []
    read: list[str] = []
    for wanted, said in pairs:
        labelled, found = (Counter(key(one) for one in many if one["entity"] in types) for many in (wanted, said))
        for both in (labelled & found).elements():
            gold.append(both[0])
            read.append(both[0])
        for missed in (labelled - found).elements():
            gold.append(missed[0])
            read.append(_NOTHING)
        for made_up in (found - labelled).elements():
            gold.append(_NOTHING)
            read.append(made_up[0])
    names = sorted(types)
    return [overall(gold, read, names), *scores(gold, read, names)] if names else []


def _span_key(one: Entity) -> Key:
    return one["entity"], str(one.get("role") == EXCLUDE), str(one.get("start")), str(one.get("end"))


def _value_key(one: Entity) -> Key:
    return one["entity"], str(one.get("role") == EXCLUDE), _plain(one.get("value"))


def _plain(value: Any) -> str:
    """A value as it is compared: a budget by its bounds in yuan and cents, a number in capitals."""
    if isinstance(value, dict):
        bounds = (value.get(name) for name in ("min", "max"))
        return " ".join("-" if bound is None else f"{float(bound):.2f}" for bound in bounds)
    return str(value).strip().upper()
