"""Colours, sizes, counts, ways to pay: the short words that say which one and how many."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import lru_cache

from bot.components.matching.lexicon import words
from bot.components.matching.numbers import read_number
from bot.components.matching.spans import Span

_BESIDE_HUE = r"(?:^|(?<=[\s,。!?;:、/要个件款换有买拍是选到成给和跟或双条部台支别只套顶穿没来推就看]))"
_HUE_TAIL = (
    r"(?=的(?!时候|人|菜)|$|[\s,。!?;、]|还是|或|和(?=[黑白灰红粉蓝绿紫黄橙棕银金])|[xXsSmMlL]|款|"
    r"那[个件款双]|(?:吧|呢|吗|有吗|有没有)(?:$|[,。!?\s]))"
)
_NOT_COLOUR = re.compile(
    r"(?:角|特|成|肤|景|脸|货|物|各|颜|气|出|音|润|变|掉|染|褪|调|本|难|好|女|色|情|退|起)色|色(?:差|"
    r"号|彩|系|情|卡|盲|泽|素|相|温|块)"
)
_NO_HUES = ("黑色星期五", "黄色网", "绿色通道", "绿色食品")
_BEFORE_HUED_GOODS = " ,。!?;:、件个条双款顶套要买换有的那这"
_ON_SCREEN = re.compile(r"按钮|点开|点不|页面|勾选|链接|选项|一栏|界面|屏幕|会员价|都是灰|天是")
_SIZE = re.compile(
    r"(?<![a-z0-9+\-])(?P<letters>(?:[2-6]?x{1,4}[ls]|[2-6]xl))(?![a-z0-9])(?:\s?码)?"
    r"|(?<![\d.])(?P<figure>(?:3[3-9]|4[0-9])(?:\.5)?)\s?(?:码半|码)"
    r"|(?P<han>(?:三十|四十|卅|四)[一二三四五六七八九]?)码"
    r"|(?P<even>均码)"
    r"|(?<![a-z0-9])(?P<named>xs|nb|[sml])\s?(?:码|号(?!码|楼|店|线))"
    r"|(?<![\d/])(?P<body>1[4-9][05]/\d{2,3}[a-d]?)(?![\d/斤])"
    r"|(?:戒指|指环|圈口|圈号|手寸)[^,。!?\d]{0,4}(?P<ring>\d{1,2}号)"
)
_LONE_SIZE = re.compile(
    r"(?<![a-zA-Z0-9+\-])(?P<size>XS|[SML]|(?<=[要换穿成买拍])(?:xs|[sml]))(?![a-zA-Z0-9+\-])(?!款|版|型)",
)
_SHOE = re.compile(r"(?<=[换要穿买拍成])(?P<size>3[4-9]|4[0-7])(?=的(?!耳)|$|[,。!?\s])")
_SHOE_WORDS = re.compile(r"鞋|码|挤脚|脚|靴")
_COUNT = re.compile(
    r"(?<![\d.第每前后这那哪半])(?P<n>\d{1,4}|"
    r"[一二两三四五六七八九十百]{1,3})\s?(?P<measure>[件个盒双条瓶箱袋包支套台部份本罐提打桶对只张床"
    r"颗])(?![月星礼小钟人字多问订工个头天年])",
)
_PAIR_WORD = re.compile(r"(?P<n>俩|仨)(?![人月])")
_ONE_WANTED = re.compile(r"(?:来|要|买|拍|下单|订|换|加|入|囤|给我发)(?:了)?$")


@lru_cache(maxsize=64)
def _hue_pattern(known: tuple[str, ...]) -> re.Pattern[str]:
    """One pattern for every colour: lexicon and catalogue, the longest first."""
    colours = words()["colours"]
    named = sorted({*colours["named"], *colours["plain"]}, key=len, reverse=True)
    whole = sorted({*colours["whole"], *(c for c in known if len(c) > 1)}, key=len, reverse=True)
    join = "|".join
    return re.compile(
        rf"(?P<full>(?:{join(map(re.escape, named))})色(?:系)?)|(?P<whole>{join(map(re.escape, whole))})"
        rf"|{_BESIDE_HUE}(?P<lone>[{''.join(colours['plain'][:14])}]){_HUE_TAIL}"
    )


def _colour_name(said: str, known: Collection[str]) -> str:
    """As the catalogue writes it; without a catalogue with 色 at its end."""
    stem = said.removesuffix("系").removesuffix("色")
    for form in (f"{stem}色", stem):
        if form in known:
            return form
    return stem if stem == "透明" or (len(stem) > 2 and stem.endswith("金")) else f"{stem}色"


def match_colours(text: str, known: Sequence[str] = (), goods: Collection[int] = ()) -> list[Span]:
    """``colour`` entities. ``known``: colours as the catalogue writes them; ``goods``: where a kind of goods begins.

    A single character counts only where it stands for a colour: 黑的, 要白, 黑 M, 白T恤 – not 明白的 or 红包.
    """
    spans = []
    known_set = frozenset(known)
    for found in _hue_pattern(tuple(sorted(known_set))).finditer(text):
        start, end = found.span()
        said = found.group()
        if found["full"] and (_NOT_COLOUR.search(text[end - 1 : end + 1]) or text.startswith(_NO_HUES, start)):
            continue
        if found["lone"] and _ON_SCREEN.search(text):
            continue
        if not found["full"] and text[end : end + 1] in ("色", "包", "条", "酒", "茶", "糖", "牙"):
            continue
        spans.append(Span("colour", start, end, _colour_name(said, known_set)))
    plain = words()["colours"]["plain"][:14]
    taken = {span.start for span in spans}
    for at in goods:
        before = text[at - 2 : at - 1]
        stands_apart = at == 1 or before in _BEFORE_HUED_GOODS
        if at and stands_apart and text[at - 1] in plain and at - 1 not in taken:
            spans.append(Span("colour", at - 1, at, _colour_name(text[at - 1], known_set)))
    return spans


def match_sizes(text: str) -> list[Span]:
    """``size`` entities: clothes, shoes, rings. XL stays XL, 四十二码 becomes 42码, M码 becomes M."""
    spans = []
    low = text.lower() if len(text.lower()) == len(text) else text
    for found in _SIZE.finditer(low):
        if found["letters"]:
            value = found["letters"].upper()
        elif found["figure"]:
            value = f"{found['figure']}.5码" if found.group().endswith("半") else f"{found['figure']}码"
        elif found["han"]:
            value = f"{int(read_number(found['han']) or 0)}码"
        elif found["ring"]:
            spans.append(Span("size", found.start("ring"), found.end("ring"), found["ring"]))
            continue
        else:
            value = (found["even"] or found["named"] or found["body"]).upper()
        spans.append(Span("size", found.start(), found.end(), value))
    for found in _LONE_SIZE.finditer(text):
        if not re.search(r"\d\s?$", text[: found.start()]):
            spans.append(Span("size", found.start(), found.end(), found["size"].upper()))
    if _SHOE_WORDS.search(text):
        for found in _SHOE.finditer(text):
            spans.append(Span("size", found.start(), found.end(), f"{found['size']}码"))
    return spans


def match_quantities(text: str) -> list[Span]:
    """``quantity`` entities, int: 两件, 来3盒, 俩. 一个 counts only behind a word that wants it (来一个)."""
    spans = []
    for found in _COUNT.finditer(text):
        number = int(read_number(found["n"]) or 0)
        if number == 0 or (number == 1 and not _ONE_WANTED.search(text[: found.start()])):
            continue
        if found.group() != "三包":  # the warranty
            spans.append(Span("quantity", found.start(), found.end(), number))
    spans += [Span("quantity", *found.span(), 2 if found["n"] == "俩" else 3) for found in _PAIR_WORD.finditer(text)]
    return spans


@lru_cache(maxsize=1)
def _payments() -> tuple[re.Pattern[str], dict[str, str]]:
    names = {form: name for name, forms in words()["payments"].items() for form in forms}
    return re.compile("|".join(re.escape(form) for form in sorted(names, key=len, reverse=True))), names


def match_payments(text: str) -> list[Span]:
    """``payment_method`` entities under the name that customers know them by."""
    pattern, names = _payments()
    low = text.lower() if len(text.lower()) == len(text) else text
    return [Span("payment_method", *found.span(), names[found.group()]) for found in pattern.finditer(low)]
