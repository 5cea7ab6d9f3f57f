"""Column types: aware times kept as UTC, JSON kept as readable text, and text that people typed."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import DateTime, Text
from sqlalchemy.types import TypeDecorator

from store.clock import SHANGHAI, UTC


class UtcDateTime(TypeDecorator):
    """Takes aware times only; stored as UTC, given out in Asia/Shanghai."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone must not reach the store")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        return (value.replace(tzinfo=UTC) if value.tzinfo is None else value).astimezone(SHANGHAI)


class JsonText(TypeDecorator):
    """JSON as UTF-8 text: Chinese stays searchable, and both databases treat it alike."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Any) -> str | None:
        if value is None:
            return None
        try:
            return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS).decode()
        except TypeError:
            # Half an emoji somewhere inside (orjson takes whole characters only).
            return storable(json.dumps(value, ensure_ascii=False))

    def process_result_value(self, value: str | None, dialect: Any) -> Any:
        return None if value is None else orjson.loads(value)


class TypedText(TypeDecorator):
    """What a person typed, whatever it is: NUL and halves of emoji, which no database takes, don't make a turn fail."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Any) -> str | None:
        return None if value is None else storable(value)


def storable(text: str) -> str:
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
