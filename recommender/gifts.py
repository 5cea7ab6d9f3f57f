"""For whom, for what: the customer's words (爸爸, 送女朋友, 过年) and the merchant's tags (送爸妈, 送女友, 年货).

A word matches a tag when they are the same without 送, or when the tag names a group that the word belongs to.
Nothing else: a product is never said to suit somebody unless the merchant has written so."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

_GROUPS = (
    # words of customers, then what tags that cover them say
    ("爸爸 父亲 爸 老爸 老爹 我爸 岳父 公公 父亲节", "爸爸 父亲 爸 老爸 爸妈 父母 长辈 父亲节"),
    ("妈妈 母亲 妈 老妈 我妈 岳母 婆婆 丈母娘 母亲节", "妈妈 母亲 妈 老妈 爸妈 父母 长辈 母亲节"),
    ("爸妈 父母 爸爸妈妈 爹妈 二老 公婆", "爸妈 父母 长辈 爸爸妈妈"),
    (
        "爷爷 奶奶 外公 外婆 姥姥 姥爷 爷爷奶奶 老人 老人家 长辈 伯伯 叔叔 阿姨 舅舅 姑姑",
        "长辈 老人 爷爷 奶奶 爸妈 父母",
    ),
    ("男友 男朋友 老公 丈夫 男票 对象 爱人 先生", "男友 男朋友 老公 丈夫 男生 对象 爱人"),
    ("女友 女朋友 老婆 妻子 媳妇 女票 对象 爱人 太太", "女友 女朋友 老婆 妻子 女生 对象 爱人"),
    ("朋友 闺蜜 好友 兄弟 哥们 室友 同学 姐妹", "朋友 好友 闺蜜 兄弟 室友 同学"),
    ("同事 领导 老板 客户 上司", "同事 领导 老板 客户"),
    ("老师 恩师 教师节 导师", "老师 恩师 教师节"),
    (
        "孩子 儿子 女儿 小孩 小朋友 侄子 侄女 外甥 外甥女 孙子 孙女 弟弟 妹妹 娃 儿童节",
        "孩子 小孩 小朋友 儿童 儿子 女儿 儿童节",
    ),
    ("宝宝 婴儿 新生儿 宝贝 满月 百天", "宝宝 婴儿 新生儿 孩子 满月 母婴"),
    ("过年 春节 新年 除夕 拜年 年货 年货节", "年货 过年 春节 新年"),
    ("情人节 七夕 520 纪念日 周年", "情人节 七夕 520 纪念日"),
    ("结婚 婚礼 新婚 婚庆 乔迁", "结婚 婚礼 新婚 婚庆"),
    ("中秋 中秋节", "中秋 中秋节"),
    ("圣诞 圣诞节", "圣诞 圣诞节"),
    ("学生 大学生 上学 开学", "学生 开学"),
)
_COVERED: dict[str, frozenset[str]] = {}
for _said, _written in _GROUPS:
    for _word in _said.split():
        _COVERED[_word] = _COVERED.get(_word, frozenset()) | frozenset(_written.split())


_GROWN_UP = frozenset(" ".join(said for said, _ in _GROUPS[:9]).split())
_MEN = frozenset((_GROUPS[0][0] + " 男友 男朋友 老公 丈夫 男票 先生 爷爷 外公 姥爷 伯伯 叔叔 舅舅").split())
_WOMEN = frozenset((_GROUPS[1][0] + " 女友 女朋友 老婆 妻子 媳妇 女票 太太 奶奶 外婆 姥姥 阿姨 姑姑 闺蜜").split())
_FOR_CHILDREN = ("儿童", "宝宝", "婴儿", "幼儿", "童装", "童鞋")


def meant_for(title: str) -> tuple[bool, bool, bool]:
    """Whether a title says: for children, for men only, for women only."""
    men, women = "男" in title, "女" in title
    return any(child in title for child in _FOR_CHILDREN), men and not women, women and not men


def unsuited(word: str, meant: np.ndarray) -> np.ndarray:
    """Goods whose title says that they are for others: 儿童 for a grown-up, 女 for a man, 男 for a woman.
    meant: bool (goods, 3), rows of `meant_for`; returns bool (goods,)."""
    word = bare(word)
    return meant @ np.array([word in _GROWN_UP, word in _WOMEN, word in _MEN])


def bare(word: str) -> str:
    """The word without 送 before it and the customer's 我/我的 (送给我妈妈 → 妈妈)."""
    word = word.strip()
    for lead in ("送给", "送", "给"):
        if word.startswith(lead) and len(word) > len(lead):
            word = word[len(lead) :]
            break
    for lead in ("我的", "我"):
        if word.startswith(lead) and len(word) > len(lead):
            word = word[len(lead) :]
            break
    return word


def tags_for(word: str, tags: Iterable[str]) -> set[str]:
    """Those of the merchant's tags that cover the customer's word."""
    wanted = {bare(word)} | _COVERED.get(bare(word), frozenset())
    return {tag for tag in tags if tag.strip() and (bare(tag) in wanted or tag.strip() == word.strip())}
