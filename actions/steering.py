"""Which way a customer steers the last suggestions: cheaper, dearer, another batch, another brand, another kind."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from actions.turn import Turn

CHEAPER, DEARER, MORE = "cheaper", "dearer", "more"
OTHER_BRAND, OTHER_KIND, STYLE = "other_brand", "other_kind", "style"
MOVES = (CHEAPER, DEARER, OTHER_BRAND, OTHER_KIND, MORE, STYLE)

# The first that matches counts: 换个牌子 is no 换一批, 太贵了 no wish for something dear.
_SAID: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        OTHER_BRAND,
        re.compile(r"(别的|其[他它]|另外|换(一|个|一个)?|不同)的?(牌子|品牌|牌)|(other|another|different)brand"),
    ),
    (
        OTHER_KIND,
        re.compile(
            r"(换(一|个|一个)?|别的|其[他它])的?(类|种类|品类|类型|东西|种)(?!.{0,3}(牌|颜色))|换类|(other|another|different)(kind|type)|somethingelse"
        ),
    ),
    (
        CHEAPER,
        re.compile(
            r"便宜|实惠|低一?[点些]|(太|有[点些]|好|略|偏|嫌|挺|这么)贵|贵了|降一?[点些]|价[格位].{0,3}(低|降)|省钱|性价比"
            r"|预算.{0,4}(不够|没那么多|有限)|买不起|超预算|超出预算"
            r"|cheaper|lessexpensive|too(expensive|dear)|lowerprice"
        ),
    ),
    (
        DEARER,
        re.compile(
            r"贵一?[点些]|好一?[点些]的|高[端档级]|上档次|高一?[点些]|拿得出手|预算.{0,4}(加|提|高|够|充足)|质量好"
            r"|better(one|quality)|moreexpensive|premium"
        ),
    ),
    (
        MORE,
        re.compile(
            r"换一?[批组拨些个款几波下]|换[几掉]|还有(没有)?(别的|其[他它]|吗)|别的|其[他它](款|的)?|再(来|推|看|换|找|给)"
            r"|下一[批页组]|更多|不喜欢|不满意|都不"
            r"|other(one|s|option)|another|more(option|of|$)|different|(not|n't)like"
        ),
    ),
)


def move_of(turn: Turn) -> str | None:
    """One of MOVES, or None when the message only brings a new limit (有黑色的吗, 不要小米的)."""
    pressed = turn.entity("topic")
    if pressed in MOVES:
        return str(pressed)
    text = re.sub(r"\s", "", turn.text).lower()
    return next((move for move, pattern in _SAID if pattern.search(text)), None)
