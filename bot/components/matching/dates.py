"""Days and spans of days as ISO dates, counted from the shop's today."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta

from bot.components.matching.numbers import read_number
from bot.components.matching.spans import Span

_DAY_WORDS = {
    "大前天": -3, "前天": -2, "前日": -2, "昨天": -1, "昨日": -1, "昨晚": -1, "今天": 0, "今日": 0, "今晚": 0,
    "今早": 0, "当天": 0, "明天": 1, "明日": 1, "明早": 1, "明晚": 1, "明儿": 1, "后天": 2, "后日": 2, "大后天": 3,
}  # fmt: skip
_N = r"(?:\d{1,2}|[一二两三四五六七八九十]{1,3})"
_WEEKDAY = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6, "末": 5}
_WEEKDAY.update({str(n): n - 1 for n in range(1, 8)})
_DATE = re.compile(
    rf"(?P<iso>(?<!\d)(?P<y>20\d\d)[年\-/.](?P<ym>\d{{1,2}})[月\-/.](?P<yd>\d{{1,2}})[日号]?(?!\d))"
    rf"|(?P<md>(?<!\d)(?P<m>{_N})月(?:份)?(?P<d>{_N})[日号]?(?!\d))"
    rf"|(?P<slash>(?<![\d./\-])(?P<sm>1[0-2]|[1-9])[./](?P<sd>3[01]|[12]\d|"
    rf"0?[1-9])[号日]?(?![\d./元块%折]|\s?(?:英?寸|米|升|kg|l|g|折|块|元)))"
    rf"|(?P<n>(?P<nword>这个月|本月|下个月|下月)?(?P<nd>{_N})[号日](?!线|楼|店|码|色|链|柜|门|机|球|"
    rf"电池|键|仓|院|栋|馆|厅|[^,。!?;\s]{{0,1}}(?:款|色)))"
    rf"|(?P<week>(?<!黑色)(?<!黑)(?P<rel>上上|上|这|本|下下|下)?个?(?:周|星期|"
    rf"礼拜)(?P<wd>[一二三四五六日天末1-6])(?![年岁折]))"
    r"|(?P<whole>(?P<wrel>上上|上|这|本|下下|下)个?(?P<unit>周|星期|礼拜|月)(?![一二三四五六日天末\d供租薪销饼]))"
    r"|(?P<monthpart>月底|月末|月初|月中)"
    r"|(?P<alone>周末)"
    r"|(?P<word>大前天|大后天|前天|前日|昨天|昨日|昨晚|今天|今日|今晚|今早|当天|明天|明日|明早|明晚|明儿|后天|后日)"
    rf"|(?P<within>(?P<wn>\d{{1,2}}|[一二两三四五六七八九十]{{1,3}})天(?:之内|以内|内))"
)
_BEFORE = re.compile(r"(?:号|日)?\s?(?:之前|以前|前(?![天台面年段阵])|之内)")
_PAST_AFTER = re.compile(r"[^,。!?;]{0,3}?(?:买的|下的|下单的?|拍的|收到|签收|寄的|发的|付的|订的|就|到的)")
_RELATIVE = {"上上": -2, "上": -1, "这": 0, "本": 0, None: 0, "下": 1, "下下": 2}


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _number(text: str) -> int:
    return int(read_number(text) or 0)


def _next_month_day(today: date, month: int, day: int) -> date | None:
    """That day of the year, this year's unless it lies more than half a year back."""
    here = _day(today.year, month, day)
    if here is not None and (today - here).days > 183:
        return _day(today.year + 1, month, day)
    return here


def _day_of_month(today: date, word: str | None, day: int, past: bool) -> date | None:
    year, month = today.year, today.month
    forward = word in ("下个月", "下月") or (not word and not past and day < today.day)
    if forward:
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    elif past and day > today.day:
        year, month = (year - 1, 12) if month == 1 else (year, month - 1)
    return _day(year, month, day)


def _read(found: re.Match[str], today: date, past: bool) -> tuple[date, date] | None:
    """First and last day of what was said."""
    monday = today - timedelta(days=today.weekday())
    single: date | None
    if found["iso"]:
        single = _day(int(found["y"]), int(found["ym"]), int(found["yd"]))
    elif found["md"]:
        single = _next_month_day(today, _number(found["m"]), _number(found["d"]))
    elif found["slash"]:
        single = _next_month_day(today, int(found["sm"]), int(found["sd"]))
    elif found["n"]:
        single = _day_of_month(today, found["nword"], _number(found["nd"]), past)
    elif found["week"]:
        single = monday + timedelta(weeks=_RELATIVE[found["rel"]], days=_WEEKDAY[found["wd"]])
        if found["rel"] is None and past and single > today:
            single -= timedelta(weeks=1)
        elif found["rel"] is None and not past and single < today:
            single += timedelta(weeks=1)
        if found["wd"] == "末":
            return single, single + timedelta(days=1)
    elif found["alone"]:
        saturday = monday + timedelta(days=5)
        return saturday, saturday + timedelta(days=1)
    elif found["whole"]:
        return _whole(found, today, monday)
    elif found["monthpart"]:
        last = monthrange(today.year, today.month)[1]
        first, end = {"月初": (1, 10), "月中": (11, 20)}.get(found["monthpart"], (21, last))
        return today.replace(day=first), today.replace(day=end)
    elif found["within"]:
        return today, today + timedelta(days=_number(found["wn"]))
    else:
        single = today + timedelta(days=_DAY_WORDS[found["word"]])
    return None if single is None else (single, single)


def _whole(found: re.Match[str], today: date, monday: date) -> tuple[date, date]:
    steps = _RELATIVE[found["wrel"]]
    if found["unit"] != "月":
        first = monday + timedelta(weeks=steps)
        return first, first + timedelta(days=6)
    at = today.year * 12 + today.month - 1 + steps
    year, month = at // 12, at % 12 + 1
    return date(year, month, 1), date(year, month, monthrange(year, month)[1])


def match_dates(text: str, today: date) -> list[Span]:
    """``date`` entities of a normalised text. Values are ISO 8601: a day, ``first/last``, or ``../last`` for 前."""
    spans = []
    for found in _DATE.finditer(text):
        if found["n"] and not found["nword"] and text[found.start() - 1 : found.start()] in ("第", "#"):
            continue
        past = bool(_PAST_AFTER.match(text, found.end()))
        days = _read(found, today, past)
        if days is None:
            continue
        first, last = days
        end = found.end()
        until = _BEFORE.match(text, end)
        if until:
            end, value = until.end(), f"../{last.isoformat()}"
        else:
            value = first.isoformat() if first == last else f"{first.isoformat()}/{last.isoformat()}"
        spans.append(Span("date", found.start(), end, value))
    return spans
