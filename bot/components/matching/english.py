"""What a customer says in English beside names of goods: a budget, a colour, a place in the list, for whom.

Names of kinds and brands in English stand with the others in ``bot/lexicon``.
"""

from __future__ import annotations

import re

from bot.components.matching.spans import Span

_NUMBER = r"(\d{1,6}(?:,\d{3})*(?:\.\d{1,2})?)"
_COIN = r"\s?(?:yuan|rmb|cny|kuai|bucks)?(?![a-z0-9%])"
_MOST = (
    r"under|below|less than|cheaper than|within|up to|at most|not? more than|max(?:imum)?(?: of)?|budget(?: is| of)?"
)
_LEAST = r"over|above|more than|at least|starting (?:at|from)"
_BETWEEN = re.compile(rf"\b(?:between|from) [¥$]?{_NUMBER} (?:and|to) [¥$]?{_NUMBER}{_COIN}")
_LIMIT = re.compile(rf"\b(?:(?P<most>{_MOST})|(?P<least>{_LEAST})):? [¥$]?{_NUMBER}{_COIN}(?! (?:days?|hours?|weeks?))")

_PLACES = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "last": -1}
_PLACE = re.compile(
    r"\b(?:the )?(first|second|third|fourth|fifth|last) (?:one|item|option)\b"
    r"|\bthe (first|second|third|fourth|fifth)\b(?! (?:time|day|week|thing|place))"
)

_COLOURS = {
    **{"black": "黑色", "white": "白色", "grey": "灰色", "gray": "灰色", "red": "红色", "pink": "粉色", "blue": "蓝色"},
    **{"green": "绿色", "purple": "紫色", "yellow": "黄色", "orange": "橙色", "brown": "棕色", "silver": "银色"},
}
_COLOUR = re.compile(rf"\b({'|'.join(_COLOURS)})\b(?! friday)")

_PEOPLE = {
    **{"father": "爸爸", "dad": "爸爸", "mother": "妈妈", "mom": "妈妈", "mum": "妈妈", "parents": "爸妈"},
    **{"girlfriend": "女朋友", "boyfriend": "男朋友", "wife": "老婆", "husband": "老公", "son": "儿子"},
    **{"daughter": "女儿", "child": "孩子", "kid": "孩子", "kids": "孩子", "baby": "宝宝", "friend": "朋友"},
    **{"grandmother": "奶奶", "grandma": "奶奶", "grandfather": "爷爷", "grandpa": "爷爷"},
    **{"colleague": "同事", "teacher": "老师", "boss": "老板"},
}
_FOR = re.compile(rf"\bfor (?:my|a|our) (?:\w+ )?({'|'.join(_PEOPLE)})\b")


def match_english(low: str) -> list[Span]:
    """``budget``, ``ordinal``, ``colour`` and ``recipient`` entities of a normalised lower-case text, valued as the
    Chinese words for the same are."""
    spans = [
        Span("budget", *found.span(), {"min": _amount(found[1]), "max": _amount(found[2])})
        for found in _BETWEEN.finditer(low)
    ]
    for found in _LIMIT.finditer(low):
        amount = _amount(found[3])
        limits = {"min": None, "max": amount} if found["most"] else {"min": amount, "max": None}
        spans.append(Span("budget", *found.span(), limits))
    spans += [Span("ordinal", *found.span(), _PLACES[found[1] or found[2]]) for found in _PLACE.finditer(low)]
    spans += [Span("colour", *found.span(), _COLOURS[found[1]]) for found in _COLOUR.finditer(low)]
    return spans + [Span("recipient", *found.span(1), _PEOPLE[found[1]]) for found in _FOR.finditer(low)]


def _amount(said: str) -> int | float:
    value = float(said.replace(",", ""))
    return int(value) if value == int(value) else value
