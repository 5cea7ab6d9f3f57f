"""How a question is written before it is compared: one script, one width, one word for one thing."""

from __future__ import annotations

import functools
import re
import unicodedata
from typing import Any

_SYNONYMS: tuple[tuple[str, str], ...] = (
    (r"邮费|快递费|送货费|配送费", "运费"),
    (r"包不包邮|免邮|免运费|包邮费", "包邮"),
    (r"开票|开个票|开张票|票据", "开发票"),
    (r"谁出|谁付|谁负责|谁掏|谁担|算谁的?|归谁|(?:要|得)?我?自己出|我出吗?|谁来出|谁承当", "谁承担"),
    (r"几年|几个月|几天|多长时间|多少天|什么时候|啥时候|几时|何时|多会儿|哪天", "多久"),
    (r"咋样|咋|如何|怎样|怎么样|怎么办理|怎么弄", "怎么"),
    (r"能不能|可不可以|可以不|能否|可否|可以|能够|行不行", "能"),
    (r"支不支持|是否支持", "支持"),
    (r"(?:保修|质保)期限?|质保|三包|维修|修理|能修|返修", "保修"),
    (r"价保|保价|补差价?|退差价?|差价", "退差价"),
    (r"跌价|便宜了|买贵|买亏|又降", "降价"),
    (r"哪几种|哪些|啥|什么", "什么"),
    (r"付钱|支付|给钱|结账|付账", "付款"),
    (r"退钱|退的钱|钱退|退款的钱", "退款"),
    (r"退回来|返还|打回来|回到卡|退到卡", "到账"),
    (r"正版|假货|假的|真货|真的假的|真假", "正品"),
    (r"优惠劵|券|代金券|红包", "优惠券"),
    (r"手机号码|手机号|电话号码|号码", "手机号"),
    (r"更换|换绑|改绑|换手机", "改"),
    (r"过节|假期|春节|放假", "节假日"),
    (r"寄|送", "发"),
)
_SYNONYMS_RE = tuple((re.compile(pattern), word) for pattern, word in _SYNONYMS)
_FILLER = re.compile(
    r"请问|想问|问一?下|想知道|你们家?|您们|你家|咱们?家?|贵店|店里|您好|你好|哈喽|亲亲?|麻烦|一下|一般|大概|的话"
    r"|会不会|是不是|有没有|是否|会(?!员)|[有是]|[啊呀呢嘛吗么吧哦喔哈嘞呗滴哒噢诶欸唉的了我您你这那家就]"
)
#: Where a message of several clauses may be parted.
CLAUSES = re.compile(r"[，。！？；,.!?;~～\s]+")


@functools.cache
def _converter() -> Any:
    from opencc import OpenCC

    return OpenCC("t2s")


def plain(text: str) -> str:
    """Half-width and simplified: the words as they were said, for an encoder."""
    text = unicodedata.normalize("NFKC", text).strip()
    return _converter().convert(text) if re.search(r"[\u4e00-\u9fff]", text) else text


def normalise(text: str) -> str:
    """Half-width, simplified, lower case, service synonyms made one, fillers and punctuation gone."""
    text = plain(text).lower()
    for pattern, word in _SYNONYMS_RE:
        text = pattern.sub(word, text)
    text = re.sub(r"[不没](?=$|[^\w])", "", _FILLER.sub("", text))  # 包邮不? asks; it does not deny
    return re.sub(r"[^\w]", "", text)
