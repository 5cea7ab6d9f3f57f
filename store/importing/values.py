"""Reading cells.

Each reader takes a non-empty cell (text, or a value that is typed already) and raises ``ValueError`` with a Chinese
sentence for what can't be read. ``Unknown`` says: kept as it came, and to be reported.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any

import orjson

from store.clock import SHANGHAI, UTC

Reader = Callable[[Any], Any]

_SPLIT = re.compile(r"\s*[;；|、]\s*")
_SPLIT_QUESTIONS = re.compile(r"\s*[;；|\r\n]+\s*")
_SPLIT_ATTRIBUTES = re.compile(r"\s*[;；\r\n]\s*")
_SPLIT_VALUES = re.compile(r"\s*[|、]\s*")
# 20km/h and 3元/个 are one value, 黑色/白色 and S/M/L are several.
_RATE = re.compile(r"\d[^/]*/(?:h|s|min|d|kg|g|ml|m|小时|分钟|秒|天|月|年|个|件|次|只|片|袋|瓶|盒|包|斤|米|人)")
_COLON = re.compile(r"\s*[:：]\s*")
_MONEY = re.compile(r"^(?:[¥￥]|RMB|CNY)?\s*(-?[\d,，]+(?:\.\d+)?|-?\.\d+)\s*元?$", re.I)
_LOOSE_TIME = re.compile(
    r"^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[T\s]*(\d{1,2})\s*[:：时点]\s*(\d{1,2})\s*(?:[:：分]\s*(\d{1,2}))?\s*[分秒]?)?$"
)
_COMPACT_DATE = re.compile(r"^(\d{4})(\d{2})(\d{2})$")
_TRACE = re.compile(r"^(\d{4}\S+\s+\d{1,2}:\d{2}(?::\d{2})?)\s+(.+)$")


class Unknown(str):
    """A value outside the list of known ones."""

    __slots__ = ()


def text(cell: Any) -> str:
    return cell.strip() if isinstance(cell, str) else str(cell)


def identifier(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return str(cell).strip()


def money(cell: Any) -> float:
    if isinstance(cell, str):
        found = _MONEY.match(cell.strip())
        if not found:
            raise ValueError(f"“{_shown(cell)}”不是价格。请写成数字，例如 99.00。")
        cell = found[1].replace(",", "").replace("，", "")
    value = float(cell)
    if not math.isfinite(value) or value < 0:
        raise ValueError(f"价格“{_shown(cell)}”不对，要大于或等于 0。")
    if value >= 1e10:
        raise ValueError(f"价格“{_shown(cell)}”太大了，请检查是不是填错了格。")
    return round(value, 2)


def number(cell: Any) -> float:
    try:
        value = float(cell.strip().replace(",", "") if isinstance(cell, str) else cell)
    except (TypeError, ValueError):
        raise ValueError(f"“{_shown(cell)}”不是数字。请改成数字。") from None
    if not math.isfinite(value):
        raise ValueError(f"“{_shown(cell)}”不是数字。请改成数字。")
    return value


def whole(cell: Any) -> int:
    value = number(cell)
    if not value.is_integer() or abs(value) > 2_147_483_647:
        raise ValueError(f"“{_shown(cell)}”不是整数。请改成整数。")
    return int(value)


def quantity(cell: Any) -> int:
    value = whole(cell)
    if value < 1:
        raise ValueError(f"数量“{_shown(cell)}”不对，至少是 1。")
    return value


def birth_year(cell: Any) -> int:
    value = whole(cell)
    if not 1900 <= value <= 2100:
        raise ValueError(f"出生年份“{_shown(cell)}”不对。请写四位数的年份，例如 1992。")
    return value


def time(cell: Any) -> datetime:
    """Without a zone: Asia/Shanghai."""
    if isinstance(cell, datetime):
        return cell if cell.tzinfo is not None else cell.replace(tzinfo=SHANGHAI)
    if isinstance(cell, date):
        return datetime(cell.year, cell.month, cell.day, tzinfo=SHANGHAI)
    return _time(str(cell).strip())


@lru_cache(maxsize=50_000)
def _time(cell: str) -> datetime:
    try:
        value = datetime.fromisoformat(cell[:-1] + "+00:00" if cell.endswith("Z") else cell)
    except ValueError:
        loose = _LOOSE_TIME.match(cell) or _COMPACT_DATE.match(cell)
        try:
            value = datetime(*(int(part) for part in loose.groups() if part is not None)) if loose else None
        except ValueError:
            value = None
        if value is None:
            raise ValueError(f"“{_shown(cell)}”不是时间。请写成 2026-11-22 09:41:00 这样。") from None
    return value if value.tzinfo is not None else value.replace(tzinfo=SHANGHAI)


def day(cell: Any) -> date:
    if isinstance(cell, date) and not isinstance(cell, datetime):
        return cell
    try:
        return time(cell).astimezone(SHANGHAI).date()
    except ValueError:
        raise ValueError(f"“{_shown(cell)}”不是日期。请写成 2026-11-22 这样。") from None


def several(cell: Any) -> list[str]:
    return _parts(cell, _SPLIT)


def questions(cell: Any) -> list[str]:
    return _parts(cell, _SPLIT_QUESTIONS)


def _parts(cell: Any, split: re.Pattern[str]) -> list[str]:
    parts = split.split(cell) if isinstance(cell, str) else [str(part) for part in cell]
    return list(dict.fromkeys(part.strip() for part in parts if part.strip()))


def attributes(cell: Any) -> dict[str, list[str]]:
    """A JSON object, or ``颜色:黑色/白色;保修:一年``; a piece without a name goes on with the values before it."""
    if isinstance(cell, str):
        return {name: list(values) for name, values in _attributes(cell.strip()).items()}
    return _of_mapping(cell)


@lru_cache(maxsize=10_000)
def _attributes(cell: str) -> dict[str, list[str]]:
    if cell.startswith("{"):
        try:
            return _of_mapping(orjson.loads(cell))
        except (orjson.JSONDecodeError, ValueError):
            raise ValueError('属性不是完整的 JSON。请写成 {"颜色": ["黑色"]}，或 颜色:黑色/白色;保修:一年。') from None
    found: dict[str, list[str]] = {}
    name = ""
    for piece in _SPLIT_ATTRIBUTES.split(cell):
        if not piece.strip():
            continue
        parts = _COLON.split(piece.strip(), maxsplit=1)
        if len(parts) == 2:
            name = parts[0].strip()
        if not name:
            raise ValueError(f"属性“{_shown(cell)}”读不懂。请写成 颜色:黑色/白色;保修:一年。")
        found.setdefault(name, []).extend(_attribute_values(parts[-1]))
    return found


def _of_mapping(value: Any) -> dict[str, list[str]]:
    if not isinstance(value, Mapping):
        raise ValueError('属性要写成 {"颜色": ["黑色"]}，或 颜色:黑色/白色;保修:一年。')
    return {
        str(name): [str(part) for part in content]
        if isinstance(content, (list, tuple))
        else _attribute_values(str(content))
        for name, content in value.items()
    }


def _attribute_values(cell: str) -> list[str]:
    parts: list[str] = []
    for piece in _SPLIT_VALUES.split(cell):
        parts += [piece] if _RATE.fullmatch(piece.strip()) else piece.split("/")
    return [part.strip() for part in parts if part.strip()]


def trace(cell: Any) -> list[dict[str, Any]]:
    """The parcel's way: ``[{"at", "text", "place"?, "kind"?}]``, or ``2026-11-22 21:14 已到杭州转运中心``.

    Steps in one text are parted by ``;`` or line breaks.
    """
    if isinstance(cell, str) and cell.strip().startswith("["):
        try:
            cell = orjson.loads(cell)
        except orjson.JSONDecodeError:
            raise ValueError("物流轨迹不是完整的 JSON。") from None
    if isinstance(cell, str):
        found = [_TRACE.match(piece.strip()) for piece in _SPLIT_ATTRIBUTES.split(cell) if piece.strip()]
        if not all(found):
            raise ValueError("物流轨迹读不懂。每一段请写成 2026-11-22 21:14 已到杭州转运中心，段与段用分号隔开。")
        cell = [{"at": piece[1], "text": piece[2]} for piece in found if piece]
    try:
        return [
            {
                "at": time(step["at"]),
                "text": str(step.get("text", "")),
                "place": str(step.get("place") or ""),
                "kind": str(step.get("kind") or "transit"),
            }
            for step in cell
        ]
    except (TypeError, KeyError, AttributeError):
        raise ValueError("物流轨迹每一段都要有时间 at 和文字 text。") from None


def one_of(words: Mapping[str, str]) -> Reader:
    """Chinese or English words to the store's; others are ``Unknown``."""
    known = {**{word.lower(): value for word, value in words.items()}, **{value: value for value in words.values()}}

    def read(cell: Any) -> str:
        said = str(cell).strip()
        return known.get(said.lower()) or Unknown(said)

    return read


_YES, _NO = {"是", "yes", "true", "1", "y", "t", "同意", "1.0"}, {"否", "no", "false", "0", "n", "f", "不同意", "0.0"}


def flag(cell: Any) -> bool | Unknown:
    said = str(cell).strip().lower()
    return True if said in _YES else False if said in _NO else Unknown(str(cell).strip())


def utc_text(moment: datetime) -> str:
    """One spelling for one moment, whatever its zone: for digests."""
    return moment.astimezone(UTC).isoformat()


def _shown(cell: Any) -> str:
    shown = str(cell).strip()
    return shown if len(shown) <= 20 else shown[:20] + "…"
