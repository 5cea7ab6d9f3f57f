"""Who gets the goods, and what for: only where the words say that somebody is given, or will use, something."""

from __future__ import annotations

import re
from functools import lru_cache

from bot.components.matching.lexicon import words
from bot.components.matching.spans import Span

_MINE = (
    r"(?:我们家|咱们家|我们|咱们|我家|咱家|自己家|自家|家里|家中|我的|我|俺|咱|她|他|自己|一个|个|两个|"
    r"一位|位|这个|那个)?(?:的)?"
)
_AGE = (
    r"(?:\d{1,2}|[一二三四五六七八九十几两]{1,3})(?:个月|多?岁)(?:大)?(?:左右)?(?:的)?|小|老|刚出生的|"
    r"新生|上?(?:小学|初中|高中|大学)的?"
)
_TO = rf"(?:送给|送|买给|给|替|帮|为|孝敬|适合|适用|寄给|选给|挑给|准备给|伺候|陪)(?:一个|个|位)?{_MINE}(?:{_AGE})?"
_USE = r"(?:自己)?(?:平时)?(?:用|穿|戴|带|吃|喝|玩|看|使|骑|背|敷|涂|抹|盖|睡)(?:的|着|得|不|$|[,。!?\s吗呢么])"
_FOR = r"(?:过?(?:\d{2}|[四五六七八九]十)?大?(?:生日|寿)|的?(?:礼物|礼品|生日礼|见面礼))"
_NOT_TO = re.compile(r"(?:推荐|分享|安利|转|发|介绍|打电话|讲|说|还)给[^,。!?]{0,3}$")
_NOT_AFTER = re.compile(
    r"(?:打|说|讲|点赞|好评|差评|看(?!的)|评|发消息|回|解释|介绍|转告|留言|道歉|电话|的电话|的?地址|赔|加|"
    r"服务|退|态度|催)",
)
_NEVER = re.compile(r"客服|商家|店家|卖家")


@lru_cache(maxsize=1)
def _patterns() -> tuple[re.Pattern[str], ...]:
    people = sorted(words()["recipients"], key=len, reverse=True)
    who = "(?P<who>" + "|".join(map(re.escape, people)) + r")(?!店|板|机构|衫|装|鞋|们家|机$)"
    return (
        re.compile(rf"(?:{_TO}){who}"),
        re.compile(rf"(?<![送给帮替为]){_MINE}(?:{_AGE})?{who}{_USE}"),
        re.compile(rf"{who}{_FOR}"),
        re.compile(rf"^(?:是|就是|主要|主要是|我|给|送)?{_MINE}(?:{_AGE})?{who}(?:的|啊|呀|吧|呢|用)?[,。!~]?$"),
    )


@lru_cache(maxsize=1)
def _occasions() -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, sorted(words()["occasions"], key=len, reverse=True))))


_BUSY_SEASON = re.compile(r"发货|放假|快递|物流|上班|营业|值班|停运|到货|活动|优惠|打折|能到|送到|收到|截止|期间")
_BUYING = re.compile(r"送|礼|买|推荐|选|挑|穿|用|戴|囤|带|给")
_GIVING = re.compile(r"送|礼|贺|祝|买给|给.{0,6}买")
_NOT_OCCASION = re.compile(
    r"(?:开学|毕业|开业|周年|入职|退休|满月|结婚)(?:证|照|后就|了[多好几]|店庆|庆)|过年(?:好|见|快乐)|"
    r"拜年|生日子|国庆的庆|(?:店|年)庆",
)


def match_recipients(text: str) -> list[Span]:
    """``recipient`` entities: the person alone (女朋友 of 送给我女朋友), in the customer's words."""
    spans = []
    for pattern in _patterns():
        for found in pattern.finditer(text):
            start, end = found.span("who")
            if found["who"] in ("自己", "我自己", "老板", "师傅") and not re.match(rf"{_USE}", text[end:]):
                continue
            if _NOT_TO.search(text[max(0, start - 6) : start]) or _NOT_AFTER.match(text, end):
                continue
            if not any(span.start < end and start < span.end for span in spans):
                spans.append(Span("recipient", start, end, found["who"]))
    return spans


def match_occasions(text: str) -> list[Span]:
    """``occasion`` entities: what one gives for. A season named for its shipping (春节发货吗) is none, nor a sale."""
    seasonal = frozenset(words()["seasonal"])
    of_gifts = frozenset(words()["occasions_of_gifts"])
    busy = _BUSY_SEASON.search(text)
    spans = []
    for found in _occasions().finditer(text):
        said = found.group()
        if said in seasonal and (busy or not _BUYING.search(text)):
            continue
        if said in of_gifts and not _GIVING.search(text):
            continue
        if _NOT_OCCASION.match(text, found.start()) or text[: found.start()].endswith("出"):
            continue
        beside = text[max(0, found.start() - 1) : found.start()] + text[found.end() : found.end() + 1]
        if said.isdigit() and re.search(r"[0-9a-zA-Z.\-]", beside):
            continue
        value = said.removeprefix("过") if said.startswith("过生") else said
        start = found.start() + (len(said) - len(value))
        spans.append(Span("occasion", start, found.end(), value))
    return spans
