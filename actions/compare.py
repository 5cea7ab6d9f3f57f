"""Comparing goods: prices, what differs, what buyers say, and one sentence on who is better off with which."""

from __future__ import annotations

from typing import TYPE_CHECKING

from actions import goods_text
from actions.attributes import rated
from actions.base import ZhikeAction
from actions.language import word
from actions.references import candidates, known, named, pointed_at
from actions.turn import Turn
from actions.wish import yuan

if TYPE_CHECKING:
    from store.models import Product, ProductReviews

MOST = 3
FEW_REVIEWS = 5  # below that an average says little


class CompareProducts(ZhikeAction):
    action_name = "action_compare_products"

    def handle(self, turn: Turn) -> None:
        goods = compared(turn)[:MOST]
        if len(goods) < 2:
            turn.say("utter_compare_what", buttons=_suggest_buttons(turn, goods))
            return
        reviews = {p.product_id: turn.services.store.reviews.of_product(p.product_id) for p in goods}
        turn.set("focus", None)
        turn.say("utter_comparison", lines=comparison(goods, reviews), verdict=verdict(goods, reviews))


def compared(turn: Turn) -> list[Product]:
    """The goods to compare: named ones, places in the list, one per brand said, else those shown."""
    chosen = {p.product_id: p for p in [*named(turn), *pointed_at(turn)]}
    if len(chosen) < 2:
        for product in _by_brand(turn):
            if not any(product.brand == p.brand for p in chosen.values()):
                chosen.setdefault(product.product_id, product)
    if len(chosen) == 1 and turn.slot("focus"):
        chosen |= {p.product_id: p for p in known(turn, [turn.slot("focus")])}
    if len(chosen) < 2 and not turn.entities("brand"):
        chosen |= {p.product_id: p for p in known(turn, turn.shown)}
    return list(chosen.values())


def _by_brand(turn: Turn) -> list[Product]:
    """小米20000毫安的充电宝和罗马仕20000毫安的: the best fit of each brand, by the words around it."""
    brands = turn.raw_entities("brand")
    kinds = turn.entities("category") or list((turn.slot("wish") or {}).get("kinds") or [])
    if len(brands) < 2:
        return []
    ends = [b["start"] for b in brands[1:]] + [len(turn.text)]
    found = [
        candidates(turn, turn.text[b["start"] : end], kinds, [b["value"]])
        for b, end in zip(brands, ends, strict=True)
        if isinstance(b.get("start"), int)
    ]
    return [products[0] for products in found if products]


def comparison(goods: list[Product], reviews: dict[str, ProductReviews]) -> str:
    lines = []
    for place, product in enumerate(goods, start=1):
        facts = [goods_text.price_of(product), *_differing(product, goods), rated(reviews[product.product_id])]
        if not product.available:
            facts.append(word("现在没货"))
        lines.append(f"{place}. {goods_text.name_of(product)}\n   " + word("；").join(f for f in facts if f))
    return "\n".join(lines)


def _differing(product: Product, goods: list[Product]) -> list[str]:
    """Attributes that not all have alike."""
    keys = dict.fromkeys(k for p in goods for k in p.attributes)
    return [
        f"{k} {'/'.join(product.attributes[k])}"
        for k in keys
        if k in product.attributes and len({p.attributes.get(k) for p in goods}) > 1
    ][:3]


def verdict(goods: list[Product], reviews: dict[str, ProductReviews]) -> str:
    """One sentence: who is better off with which. Says so when the data don't tell."""
    cheapest = min(goods, key=lambda p: p.price)
    dearest = max(goods, key=lambda p: p.price)
    score = {p.product_id: reviews[p.product_id].average for p in goods}
    trusted = [p for p in goods if reviews[p.product_id].count >= FEW_REVIEWS and score[p.product_id] is not None]
    best = max(trusted, key=lambda p: (score[p.product_id], reviews[p.product_id].count), default=None)
    name = goods_text.name_of
    saving = yuan(round(dearest.price - cheapest.price, 2))
    clear_best = (
        best is not None
        and len(trusted) == len(goods)
        and any(score[p.product_id] < score[best.product_id] for p in trusted)
    )
    if clear_best and best is cheapest and saving != "0":
        return word("{best}评分最高，还便宜 {saving} 元，选它更划算。", best=name(best), saving=saving)
    if clear_best and saving != "0":
        return word(
            "想省钱选{cheapest}（便宜 {saving} 元），看重口碑选{best}（{score} 分）。",
            cheapest=name(cheapest),
            saving=saving,
            best=name(best),
            score=f"{score[best.product_id]:.1f}",
        )
    if clear_best:
        high = f"{score[best.product_id]:.1f}"
        return word("价格一样，{best}评分更高（{score} 分）。", best=name(best), score=high)
    if saving != "0":
        return word(
            "想省钱选{cheapest}，便宜 {saving} 元；评价上看不出明显高下，其余看您更在意上面哪一点。",
            cheapest=name(cheapest),
            saving=saving,
        )
    return word("价格一样，评价上也看不出高下，看您更在意上面哪一点。")


def _suggest_buttons(turn: Turn, goods: list[Product]) -> list[dict]:
    kind = goods[0].kinds[-1] if goods and goods[0].kinds else None
    return [turn.button(word("推荐几款{kind}", kind=kind), "request_recommendation", category=kind)] if kind else []
