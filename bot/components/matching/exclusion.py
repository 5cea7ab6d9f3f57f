"""What the customer does not want: 不要小米的, 除了华为, 戴森就免了吧, 先别发粉色的."""

from __future__ import annotations

import re

from bot.components.matching.spans import Span

_EXCLUDABLE = frozenset({"category", "brand", "product", "colour", "size", "reference", "ordinal"})
_NOT = (
    r"(?:不要再?|不想要|不需要|不考虑|不喜欢|不爱|不买|不看|不用|不选|不换|不是要?|不带|不含|"
    r"别(?![的人家处])再?|勿|莫要?|拒绝|拒|排除|去掉|去除|"
    r"除去|除开|除了|除|避开|跳过|过滤掉?|讨厌|屏蔽|嫌弃|看腻了?|烦|唔要|唔好|甭|憋|憋再)"
)
_BETWEEN = (
    r"(?:再|又|总|老|老是|总是|都|给我|给咱|跟我|向我|推荐|推送|推|发|看|买|寄|拿|换|上|来|整|弄|任何|"
    r"什么|啥|有|是|含|带|用|这种|那种|"
    r"这个|那个|这些|那些|一切|所有|成|为|：|:|的|了吧|\s)*"
)
_BEFORE = re.compile(rf"{_NOT}{_BETWEEN}$")
_DOUBLE = re.compile(
    r"(?:是不是|要不要|是不|不得不|可不是|不用说|别说|还有没有|别的|个别|区别|差别|特别|级别|类别|性别|"
    r"分别|识别|判别)$",
)
# 要不要, 是不是, 特别, 区别: the character before makes another word of it.
_OTHER_WORD = ("要", "是", "特", "区", "级", "类")
_AFTER = re.compile(
    r"(?:牌子|品牌|家|款|系列)?(?:的|那[款个种])?\s?(?:就|都|也|先|我|我都|全都|全|统统|一律)?"
    r"(?:免了|免谈|算了|除外|以外|之外|pass|不考虑|不想要|不喜欢|别推|别来|别给|别发|别再|不行就|"
    r"就不要|不用推|不用了|不看(?!看)|拉黑|排除|去掉|"
    r"不感兴趣|没兴趣|不爱)"
)
_AFTER_FIRM = re.compile(
    r"(?:牌子|家)?的?\s?(?:就|都|也|全都|我都|通通)\s?(?:不要|不买|不行|别(?=推|来|给|发|再|看|$)|"
    r"不用(?=了|推|看|再|$)|用过|有了|买过|吃腻|不想)",
)
_UNWANTED_BARE = re.compile(r"的?(?:不要|勿扰)(?!了)")
_AND = re.compile(r"\s?(?:的)?\s?(?:和|跟|与|、|还有|或者|或|以及|及|,)\s?$")
_TURN = re.compile(r"(?:要|换|来|给我|想要|看看|推荐|只要|就要|还有)")


def mark_exclusions(text: str, spans: list[Span]) -> list[Span]:
    """The spans in order, those that the customer does not want with the role ``exclude``."""
    marked = []
    joined_to: Span | None = None
    for at, span in enumerate(spans):
        unwanted = span.entity in _EXCLUDABLE and _is_unwanted(text, span, spans, at)
        if not unwanted and joined_to is not None and _joined(text, joined_to, span):
            unwanted = True
        if unwanted and marked and span.entity == "category" and _qualifies(text, marked[-1], span):
            # 三星的手机不考虑 turns down the brand, not phones.
            marked[-1], unwanted = marked[-1].excluded(), False
        if span.entity in _EXCLUDABLE:
            joined_to = span if unwanted else None
        marked.append(span.excluded() if unwanted else span)
    return _spread_back(text, marked)


def _is_unwanted(text: str, span: Span, spans: list[Span], at: int) -> bool:
    left = text[max(0, span.start - 16) : span.start]
    # 不要小米的手机: what stands between the word and the goods may be another finding of the same phrase.
    if at and spans[at - 1].end <= span.start and _same_phrase(text, spans[at - 1], span):
        left_of_pair = text[max(0, spans[at - 1].start - 16) : spans[at - 1].start]
        if span.entity in ("product",) and _BEFORE.search(left_of_pair):
            return True
    found = _BEFORE.search(left)
    if found:
        ahead = left[: found.start()]
        if not _DOUBLE.search(ahead + found.group()[:1]) and not ahead.endswith(_OTHER_WORD):
            return True
    if _AFTER.match(text, span.end) or _AFTER_FIRM.match(text, span.end):
        return True
    return span.entity in ("brand", "colour") and bool(_UNWANTED_BARE.match(text, span.end))


def _qualifies(text: str, first: Span, goods: Span) -> bool:
    return first.entity in ("brand", "colour") and _same_phrase(text, first, goods)


def _same_phrase(text: str, first: Span, second: Span) -> bool:
    return text[first.end : second.start] in ("", "的", " ", "牌", "牌的", "家的")


def _joined(text: str, first: Span, second: Span) -> bool:
    """不要小米和华为的: the second, of the same type, shares what was said of the first unless a turn lies between."""
    between = text[first.end : second.start]
    return first.entity == second.entity and bool(_AND.fullmatch(between)) and not _TURN.search(between)


def _spread_back(text: str, spans: list[Span]) -> list[Span]:
    """小米和华为的都不要: the first shares what is said of the second."""
    result = list(spans)
    for at in range(len(result) - 2, -1, -1):
        here, after = result[at], result[at + 1]
        if here.role is None and after.role and here.entity in _EXCLUDABLE and _joined(text, here, after):
            firm_after = _AFTER.match(text, after.end) or _AFTER_FIRM.match(text, after.end)
            if firm_after:
                result[at] = here.excluded()
    return result
