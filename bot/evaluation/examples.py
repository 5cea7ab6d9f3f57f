"""What a row of a labelled file says about a message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.evaluation.labelled import BadFile, Row, known_names

MOODS = ("negative", "neutral", "positive")
_LABELS = ("intent", "entities", "sentiment", "must_not", "kind")


@dataclass(frozen=True)
class Example:
    """A message and its labels; None or empty is what nobody labelled.

    `group` is its level or kind. `must_not` are intents that would act on a wish denied, `ok` those a sensible reader
    accepts. `outside`: a kind and no intent, so nothing is to be done about it.
    """

    text: str
    intent: str | None
    entities: tuple[dict[str, Any], ...] | None
    mood: str | None
    group: str | None
    must_not: frozenset[str]
    ok: frozenset[str]

    @property
    def denied(self) -> bool:
        return bool(self.must_not)

    @property
    def outside(self) -> bool:
        return self.intent is None and not self.denied and self.group is not None


def labelled_examples(rows: Sequence[Row]) -> list[Example]:
    """One example a row. Raises BadFile: no text, no label, a name the bot does not have, a span outside the text."""
    found = [_example(row) for row in rows]
    if not any(row.cells.get(label) is not None for row in rows for label in _LABELS):
        raise BadFile(rows[0].path, "一个标签也没有", fix=f"每行写 text 和这些中的几个：{'、'.join(_LABELS)}")
    return found


def _example(row: Row) -> Example:
    intents = known_names("intents")
    intent = row.cells.get("intent")
    if intent is not None:
        row.check_name(intent, intents)
    group = next((str(row.cells[name]) for name in ("level", "kind") if row.cells.get(name) is not None), None)
    return Example(
        row.text("text"),
        intent,
        _entities(row),
        mood_of(row),
        group,
        row.names("must_not", intents),
        row.names("ok", intents),
    )


def mood_of(row: Row, column: str = "sentiment") -> str | None:
    """The labelled mood, None when there is none. Raises BadFile for another word."""
    mood = row.cells.get(column)
    if mood is not None and mood not in MOODS:
        raise row.bad(f"{column} 不能是“{mood}”", f"可以写的是：{'、'.join(MOODS)}")
    return mood


def _entities(row: Row) -> tuple[dict[str, Any], ...] | None:
    found = row.cells.get("entities")
    if found is None:
        return None
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise row.bad(
            "entities 要写成列表", '例如 "entities": [{"start": 0, "end": 2, "entity": "brand", "value": "…"}]'
        )
    length = len(row.text("text"))
    for one in found:
        row.check_name(one.get("entity"), known_names("entities"))
        start, end = one.get("start"), one.get("end")
        if not (isinstance(start, int) and isinstance(end, int) and 0 <= start < end <= length):
            raise row.bad(
                f"实体 {one['entity']} 的 start、end 不在这句话里", "start 从 0 数起，end 是最后一个字的后一位"
            )
    return tuple(found)
