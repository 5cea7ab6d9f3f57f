"""Evidence in customers' words. Each kind of evidence has several wordings that say the same facts and no more."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from datetime import date
from typing import Any

from recommender.request import Item

_WORDS: dict[str, tuple[str, ...]] = {
    "due_again/own": (
        "您上次买是 {days} 天前，平时约 {usual} 天买一次，差不多该补了",
        "距上次买有 {days} 天了，您一般约 {usual} 天补一次货",
    ),
    "due_again": (
        "您上次买是 {days} 天前，买它的顾客多半约 {usual} 天后再买",
        "{days} 天前您买过，回头客一般约 {usual} 天补一次",
    ),
    "gift_tag": ("店里给它标了“{tag}”", "商品标签里有“{tag}”", "商家标注：{tag}"),
    "bought_together/often": (
        "和您{when}买过的{other}常一起买，{both} 位顾客两样都买了",
        "买了{other}（您{when}买过）的 {others} 位顾客里，{both} 位也买了它",
        "常和您{when}买过的{other}搭着买，已有 {both} 位顾客这样买",
    ),
    "bought_together": (
        "您{when}买过的{other}，有 {both} 位顾客也配了这款",
        "有 {both} 位顾客既买了您买过的{other}，也买了它",
        "{both} 位买过{other}的顾客也买了它，您{when}也买过那款",
    ),
    "bought_with_this/often": (
        "和您正在看的{other}常一起买，{both} 位顾客两样都买了",
        "买{other}的 {others} 位顾客里，{both} 位也买了它",
    ),
    "bought_with_this": (
        "您正在看的{other}，有 {both} 位顾客也配了这款",
        "有 {both} 位顾客既买了您正在看的{other}，也买了它",
    ),
    "kind_of_this": ("和您正在看的{other}一样，也是{of}", "您正在看{other}，这款也是{of}，可以比一比"),
    "viewed_together/often": (
        "您看过的{other}，关注它的顾客里有 {both} 位也看中了这款",
        "和您看过的{other}常被一起看，{both} 位顾客两款都关注了",
    ),
    "viewed_together": (
        "有 {both} 位顾客既看了您看过的{other}，也看了它",
        "您看过{other}，另有 {both} 位看过它的顾客也关注了这款",
    ),
    "same_brand": (
        "和您{when}买过的{other}同一个牌子",
        "也是{brand}的，您{when}买过它家的{thing}",
        "{brand}的，跟您{when}买过的{thing}是一家",
    ),
    "kind_habit": ("{of}您已经买过 {products} 款，这款还没试过", "您买过 {products} 款{of}，这是没买过的一款"),
    "same_kind": ("和您看过的{other}同属{of}", "您看过{other}，这也是一款{of}"),
    "segment": (
        "购物习惯和您相近的顾客里，近 {days} 天有 {buyers} 位买了它",
        "跟您买东西习惯差不多的顾客，近 {days} 天 {buyers} 位选了它",
    ),
    "wanted_aspect": (
        "您看重的{aspect}，提到它的 {said} 条评价里 {good} 条说{praise}",
        "您在意{aspect}：{said} 条评价说到，{good} 条说{praise}",
    ),
    "praised_aspect": (
        "提到{aspect}的 {said} 条评价里 {good} 条说{praise}",
        "{said} 条评价说到{aspect}，{good} 条说{praise}",
    ),
    "well_reviewed": ("{said} 条评价里 {good} 条满意", "买过的人写了 {said} 条评价，{good} 条满意"),
    "best_in_budget": (
        "预算内近 {days} 天买的人最多，{buyers} 位",
        "这个价位里近 {days} 天销量最高，{buyers} 位顾客买了",
    ),
    "best_in_kind": (
        "{of}里近 {days} 天买的人最多，{buyers} 位",
        "近 {days} 天{of}销量第一，{buyers} 位顾客买了",
        "{of}里卖得最好：近 {days} 天 {buyers} 位顾客买了",
    ),
    "top_in_kind": (
        "{of}里近 {days} 天销量排第 {rank}，{buyers} 位顾客买了",
        "近 {days} 天有 {buyers} 位顾客买，在{of}里排第 {rank}",
    ),
    "best_in_shop": (
        "近 {days} 天全店销量前十，{buyers} 位顾客买了",
        "全店卖得最多的十款之一，近 {days} 天 {buyers} 位顾客买了",
    ),
    "bought_lately": ("近 {days} 天有 {buyers} 位顾客买了", "近 {days} 天 {buyers} 位顾客选了它"),
    "cheaper": ("{price} 元，比 {than} 元低 {by} 元", "价格更低：{price} 元，少 {by} 元"),
    "lowest_price": ("符合要求的 {among} 款里价格最低，{price} 元", "{among} 款合适的里它最便宜，{price} 元"),
    "colour": ("有您要的{colour}", "{colour}有货，正是您要的颜色"),
    "plain": ("现货，{price} 元", "有现货，现价 {price} 元", "目前有货，{price} 元"),
    "watched": ("已有 {people} 位顾客看过或买过", "有 {people} 位顾客关注过这款"),
    "in_budget": ("{price} 元，在您说的价位里", "现价 {price} 元，价位合适"),
    "bought_ever": ("已有 {buyers} 位顾客买过", "店里 {buyers} 位顾客买过这款"),
    "looked_at": ("这款您看过，还没买", "您看过这款，现在有货"),
}


def say(evidence: dict[str, Any], item: Item, others: Callable[[str], Item], today: date, taken: set[str]) -> str:
    """One sentence. others: product id → Item, for goods that the evidence names. taken: wordings already used in
    this list; the one used now is added. Which wording comes is decided by the product, so that the same list reads
    the same twice."""
    wordings = _WORDS[_key(evidence)]
    first = zlib.crc32(item.product_id.encode()) % len(wordings)
    turned = wordings[first:] + wordings[:first]
    wording = next((words for words in turned if words not in taken), turned[0])
    taken.add(wording)
    return wording.format_map(_facts(evidence, others, today))


def _key(evidence: dict[str, Any]) -> str:
    kind = evidence["kind"]
    if kind == "due_again" and evidence["based_on"] == "own":
        return "due_again/own"
    return f"{kind}/often" if evidence.get("often") else kind


def _facts(evidence: dict[str, Any], others: Callable[[str], Item], today: date) -> dict[str, Any]:
    facts = dict(evidence)
    for name, value in (("price", "price"), ("than", "than"), ("by", "by")):
        if value in evidence:
            facts[name] = f"{evidence[value]:.2f}".rstrip("0").rstrip(".")
    if isinstance(evidence.get("because"), str):
        other = others(evidence["because"])
        facts["other"], facts["thing"] = short(other), other.kinds[-1] if other.kinds else "东西"
    facts["when"] = _when(evidence.get("bought_at"), today)
    if "usual_days" in evidence:
        facts["usual"] = round(evidence["usual_days"])
    return facts


def short(item: Item) -> str:
    """A name for a product inside a sentence: a short title whole, else brand and narrowest kind, else the title's
    beginning."""
    title = " ".join((item.title or "").split())
    if 0 < len(title) <= 10:
        return title
    if item.kinds:
        brand = item.brand if item.brand and item.brand not in item.kinds[-1] else ""
        return f"{brand}{item.kinds[-1]}"
    return f"“{title[:10]}…”" if title else "那款"


def _when(day: str | None, today: date) -> str:
    """这个月 / 上月 / 9 月 for a purchase within the last year, nothing for what is older or not known."""
    if not day:
        return ""
    at = date.fromisoformat(day)
    months = (today.year - at.year) * 12 + today.month - at.month
    if months == 0:
        return "这个月"
    if months == 1:
        return "上月"
    return f" {at.month} 月" if 1 < months < 12 else ""
