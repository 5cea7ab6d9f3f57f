"""Numbers as Chinese customers write them: 7千3, 一万五, 两三百, 一千多, 1.5k, 三十几万, 百来."""

from __future__ import annotations

import re
from typing import NamedTuple

_DIGITS = {sign: n for n, sign in enumerate("零一二三四五六七八九")}
_DIGITS.update({"〇": 0, "两": 2, "俩": 2, "仨": 3, "壹": 1, "贰": 2, "叁": 3, "肆": 4, "伍": 5})
_DIGITS.update({"陆": 6, "柒": 7, "捌": 8, "玖": 9})
_UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000, "万": 10_000, "k": 1000, "w": 10_000}

HAN_DIGIT = "[零〇一二两三四五六七八九壹贰叁肆伍陆柒捌玖]"
# A run that may be a number; ``read_amount`` decides. k and w only directly behind a digit, so that 66w快充 stays out.
NUMBER_RUN = (
    r"(?:(?:大|小)?几(?=[百千万十])|(?<!\d)上(?=[百千万]))?"
    r"(?:\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?[kw]?(?![a-z])|"
    r"[零〇一二两三四五六七八九十百千万壹贰叁肆伍陆柒捌玖拾佰仟])+"
    r"(?:[多来几](?:[百千万](?![多来几]))?|把)?(?:[百千万])?"
)
_TOKEN = re.compile(r"\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|.", re.S)
_PAIR = re.compile(rf"^({HAN_DIGIT}|\d)[、~\-]?({HAN_DIGIT}|\d)([十百千万kw]+)$")


class Amount(NamedTuple):
    """A number or a vague one: from ``low`` to ``high`` (None: open); ``exact`` when both are the number said."""

    low: float | None
    high: float | None
    exact: bool


def tidy(value: float) -> int | float:
    """200.0 as 200; two decimals at most."""
    rounded = round(float(value), 2)
    return int(rounded) if rounded == int(rounded) else rounded


def read_number(text: str) -> float | None:
    """The number that ``text`` (lower case) writes in Arabic, Chinese or mixed figures; None when it writes none.

    A last figure without a unit counts a tenth of the unit before: 三百五 is 350, 7千3 is 7300, 一万五 is 15000.
    """
    total, section = 0.0, 0.0
    figure: float | None = None
    unit_before, zero_before, plain = 0, False, ""
    for token in _TOKEN.findall(text):
        if token in _UNITS:
            unit = _UNITS[token]
            if figure is None:
                if unit_before or section or token in "kw":
                    if unit < 10_000 or not section:
                        return None
                else:
                    section = 1
                    if unit < 10_000:
                        figure, section = 1.0, 0.0
            if unit >= 10_000:
                total, section = total + (section + (figure or 0.0)) * unit, 0.0
            else:
                section += (figure or 0.0) * unit
            figure, unit_before, zero_before, plain = None, unit, False, ""
            continue
        value = _DIGITS.get(token)
        if value is None:
            try:
                value = float(token.replace(",", ""))
            except ValueError:
                return None
        if figure is not None:
            # Figures read out one by one (一二三) are an identifier's, not an amount's.
            return None
        if value == 0 and unit_before:
            zero_before = True
            continue
        figure, plain = float(value), token
    if figure is None:
        return total + section if unit_before else None
    if unit_before >= 100 and not zero_before and figure < 10 and len(plain) == 1:
        return total + section + figure * unit_before / 10
    return total + section + figure


def _step(value: float) -> float:
    """The power of ten that 多 leaves open: 1000 for 一千多, 10 for 150多."""
    step = 1.0
    while value and value % (step * 10) == 0:
        step *= 10
    return step


def read_amount(run: str) -> Amount | None:
    """The amount that a ``NUMBER_RUN`` (lower case) writes; None when it is none.

    两三百 200–300; 一千多 1000–2000; 几百 100–1000; 大几百 500–1000; 百来, 百把 ±20 %; 上千 from 1000.
    """
    pair = _PAIR.match(run)
    if pair:
        first, second = (read_number(pair.group(n) + pair.group(3)) for n in (1, 2))
        if first is not None and second is not None and first < second and pair.group(1) not in "0零〇":
            return Amount(first, second, False)
        return None
    vague = re.match(r"^(大|小)?几([十百千万]+)$", run)
    if vague:
        unit = read_number(vague.group(2))
        if unit is None:
            return None
        low, high = {"大": (5, 10), "小": (1, 5), None: (1, 10)}[vague.group(1)]
        return Amount(low * unit, high * unit, False)
    if run.startswith("上"):
        least = read_number(run[1:])
        return None if least is None else Amount(least, None, False)
    for mark, tail in re.findall(r"([多来几把])([百千万]*)$", run):
        head = run[: len(run) - len(mark) - len(tail)]
        base = read_number(head)
        if base is None or base == 0:
            return None
        scale = read_number(tail) if tail else 1.0
        if scale is None:
            return None
        if mark in "来把":
            return Amount(base * scale * 0.8, base * scale * 1.2, False)
        return Amount(base * scale, (base + _step(base)) * scale, False)
    value = read_number(run)
    return None if value is None else Amount(value, value, True)
