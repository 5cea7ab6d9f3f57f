"""What buyers think of a product, for 这款评价怎么样 and 口碑好吗: the stars, what is praised, what is not, counted."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from actions import aspects
from actions.attributes import rated
from actions.language import english, word
from recommender import WHOLE, OpinionCount

if TYPE_CHECKING:
    from actions.turn import Turn
    from store.models import Product

_ASKED = re.compile(
    r"评价|口碑|评论|好评|差评|评分|买家.{0,2}(怎么|咋)?说|(用|买|吃|穿)过的(人|都)?.{0,3}(说|觉得)|\breviews?\b", re.I
)
_FEWEST, _MOST = 3, 3  # reviews that a remark rests on; remarks
_PRAISED = 0.7  # share of good ones from which an aspect is praised
_FAULTED = 0.3  # share of bad ones from which it is faulted


def asked(text: str) -> bool:
    """Whether a question is about what others think."""
    return bool(_ASKED.search(text))


def of(turn: Turn, product: Product) -> str:
    """A few lines; of the aspects that the question names (续航的评价怎么样), else of all."""
    counts = [one for one in turn.services.recommender().opinions_of(product.product_id) if one.aspect != WHOLE]
    named = {aspect.name for aspect in aspects.table() if aspect.topic.search(turn.text)}
    about = [one for one in counts if one.aspect in named] or counts
    rating = rated(turn.services.store.reviews.of_product(product.product_id))
    if not rating:
        return word("还没有人写评价")
    praised = [one for one in about if one.good >= max(_FEWEST, _PRAISED * one.said)]
    faulted = [one for one in about if one.bad >= max(_FEWEST, _FAULTED * one.said)]
    lines = [
        rating,
        word("夸得多的：{what}", what=_counted(praised, "{name}（提到的 {said} 条里 {part} 条）", good=True))
        if praised
        else "",
        word("不满意的：{what}", what=_counted(faulted, "{name}（提到的 {said} 条里 {part} 条说不好）", good=False))
        if faulted
        else "",
    ]
    return "\n".join(line for line in lines if line)


def _counted(counts: list[OpinionCount], wording: str, good: bool) -> str:
    sides = sorted(counts, key=lambda one: -(one.good if good else one.bad))[:_MOST]
    return word("、").join(
        word(wording, name=_name(one.aspect, good), said=one.said, part=one.good if good else one.bad) for one in sides
    )


def _name(aspect: str, good: bool) -> str:
    line = aspects.by_name()[aspect]
    return line.english if english() else line.praise if good else aspect
