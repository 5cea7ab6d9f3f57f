"""Which language the customer writes, and our own words in it.

Chinese is what the code says; `english.csv` gives those words in English, as gettext does with its message ids. What
the merchant or a carrier wrote (titles, rules, scans of parcels) is never translated.
"""

from __future__ import annotations

import csv
import functools
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

CHINESE, ENGLISH = "zh", "en"
DEFAULT = CHINESE
TABLE = Path(__file__).with_name("english.csv")

# Words that only somebody who writes English uses. Left out: what Chinese customers type in passing (ok, hi, hello,
# yes, thank you, bye), words of brands and models (the, under, black), and syllables of pinyin (can, you, he, me …).
_TELLING_WORDS = """
about after again already also am any anyone anything are aren't arrive arrived arrives be because been before better
broken but buy buying by called came cancel cancelled change charge cheap cheaper check color colour compare complain
cost could couldn't customer damaged delay delayed delete deliver delivered delivery did didn't different discount do
does doesn't doing don't dont earphones english exchange expensive faulty find for forget from get getting gift give
good got had has have haven't headphones help how human i i'd i'll i'm i've in invoice is isn't it it's item its just
keep kind know last late like looking lost manager mind missing money more much my need never not of on order ordered
other parcel pay payment person phone please price problem product question quality received recommend refund repair
return send service shipped shipping should show size slow some someone something speak start status still stock stop
suggest take talk terrible than that that's their them there these they thing this those track tracking understand
until update us use very waiting want wanted warranty was wasn't we were what what's when where where's which who why
will with within won't work working works would wrong yet you're your yours
"""
_TELLING = frozenset(_TELLING_WORDS.split())
_HAN = re.compile(r"[\u3400-\u9fff]")
_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")
# Addresses, mail, and anything with a figure in it (order numbers, iphone15) say nothing about a language.
_NO_WORDS = re.compile(r"https?://\S+|www\.\S+|\S+@\S+|[a-z0-9_.\-]*\d[a-z0-9_.\-]*", re.I)


def detect(text: str, before: str, names: Iterable[tuple[int, int]] = ()) -> str:
    """CHINESE or ENGLISH: telling English words against Han characters; `before` when the text shows neither.

    `names`: (start, end) of goods, brands and other entities in the text, which are the same in either language.
    """
    said = list(text)
    for start, end in names:
        said[start:end] = " " * (end - start)
    words = _NO_WORDS.sub(" ", "".join(said).replace("’", "'").lower())
    english, han = sum(word in _TELLING for word in _WORD.findall(words)), len(_HAN.findall(words))
    if english > han:
        return ENGLISH
    return CHINESE if han else before


_spoken: ContextVar[str] = ContextVar("spoken", default=DEFAULT)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Within the block `word` and `english` speak this language; an action's words are all made in one."""
    token = _spoken.set(language)
    try:
        yield
    finally:
        _spoken.reset(token)


def english() -> bool:
    return _spoken.get() == ENGLISH


def word(chinese: str, **facts: Any) -> str:
    """Words of ours in the language spoken, with `facts` filled in; what the table lacks stays as it is."""
    said = _table().get(chinese, chinese) if english() else chinese
    return said.format(**facts) if facts else said


def title(chinese: str) -> str:
    """`word` for a button: English begins with a capital there; what isn't ours stays as it is."""
    said = word(chinese)
    return said if said == chinese else said[0].upper() + said[1:]


@functools.cache
def _table() -> dict[str, str]:
    with TABLE.open(encoding="utf-8-sig", newline="") as file:
        return {row["chinese"]: row["english"] for row in csv.DictReader(file)}
