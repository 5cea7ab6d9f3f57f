"""What goods and the shop are judged by: 续航, 音质, 尺码, 物流. The table is the operators' to edit (aspects.csv).

Each line: the aspect; its English name; what it is `of` (goods, service, or price, which changes after a review was
written); how praise of it is said; words that name it (`topic`); words that name it and praise or fault it at once
(`good`, `bad`); its name with 好, 差 and the like behind it does so anyway. The words are regular expressions, in which
`~` stands for up to four characters without a negation and `…` for up to four of any kind. Of two lines that match the
same characters the upper one holds. The last line is the goods as a whole: words of judgement that name no aspect.
"""

from __future__ import annotations

import csv
import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from recommender import WHOLE

_TABLE = Path(__file__).with_name("aspects.csv")
_GAP, _ANY_GAP = r"(?:特别|[^,。!?;，；！？不没无别]){0,4}", r"[^,。!?;，；！？]{0,4}"
_NEVER = r"(?!)"
# What praises or faults any aspect, behind its name; 好大 and 好几个 praise nothing.
_WELL = r"(好(?![多大小少久几慢吵重差难])|强|棒|赞|不错|给力|出色|过硬|一流|没得说)"
_ILL = r"(不(太|怎么|是很|够|咋)?(好|行|理想)|差|烂|拉胯|一般|堪忧|太次)"
# 音质好的, 续航要久一点, 看重做工: a named aspect is wanted when it is to be good or counts.
_TO_BE_GOOD = r"(好|强|高|稳|准|久|长|棒|不错|给力|出色|过硬|扎实)"
_GOOD_IN_ENGLISH = r"\b(good|great|long|best|better|excellent|high) ([a-z]+ )?"
_COUNTS = r"(看重|注重|在意|讲究|在乎|主要看|重要的是|优先)"

GOODS, SERVICE, PRICE = "goods", "service", "price"


@dataclass(frozen=True)
class Aspect:
    """A line of the table; see the module."""

    name: str
    english: str
    of: str
    praise: str
    topic: re.Pattern[str]
    good: re.Pattern[str]
    bad: re.Pattern[str]
    wanted: re.Pattern[str]


@functools.cache
def table() -> tuple[Aspect, ...]:
    """All aspects, in the order in which they claim words; the whole (WHOLE) is the last."""
    with _TABLE.open(encoding="utf-8", newline="") as file:
        return tuple(_aspect(row) for row in csv.DictReader(file))


def _aspect(row: dict[str, str]) -> Aspect:
    topic = f"({row['topic'] or _NEVER})"
    return Aspect(
        row["aspect"],
        row["english"],
        row["of"],
        row["praise"],
        _pattern(topic),
        _pattern(f"{row['good'] or _NEVER}|{topic}~{_WELL}"),
        _pattern(f"{row['bad'] or _NEVER}|{topic}~{_ILL}"),
        _pattern(
            f"{row['good'] or _NEVER}|{topic}~{_TO_BE_GOOD}|(?<!不){_COUNTS}~{topic}|{_GOOD_IN_ENGLISH}{row['english']}"
        ),
    )


def _pattern(words: str) -> re.Pattern[str]:
    return re.compile(words.replace("~", _GAP).replace("…", _ANY_GAP), re.IGNORECASE)


@functools.cache
def by_name() -> dict[str, Aspect]:
    return {aspect.name: aspect for aspect in table()}


def of_goods() -> dict[str, str]:
    """Aspect → how praise of it is said, for what a product itself can be praised for; the whole is among them."""
    return {aspect.name: aspect.praise for aspect in table() if aspect.of == GOODS}


def wanted_in(text: str, kinds: Iterable[str] = ()) -> tuple[str, ...]:
    """Aspects of goods that a wish wants to be good: 续航好的 → 续航. `kinds`: names of goods, in which words say
    nothing of the kind (保温杯, 充电宝)."""
    for kind in sorted(kinds, key=len, reverse=True):
        text = text.replace(kind, "，")
    claimed: list[tuple[int, int]] = []
    found = []
    for aspect in table():
        for hit in aspect.wanted.finditer(text):
            if any(hit.start() < end and start < hit.end() for start, end in claimed):
                continue
            claimed.append(hit.span())
            negated = re.search(r"(不|没|别|无)(要|用|求|太|必|怎么)?$", text[: hit.start()])
            if aspect.of == GOODS and aspect.name != WHOLE and not negated:
                found.append(aspect.name)
    return tuple(dict.fromkeys(found))
