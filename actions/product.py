"""Questions about a product: what it is like, what it costs, whether it is in stock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from actions import attributes, goods_text, reputation
from actions.base import ZhikeAction
from actions.language import word
from actions.references import known, meant
from actions.turn import Turn
from actions.which_goods import ask_which, asked_about, look_up
from actions.wish import yuan

if TYPE_CHECKING:
    from store.models import Product

MOST = 3  # goods that one answer speaks of


class AskProductInfo(ZhikeAction):
    action_name = "action_ask_product_info"

    def handle(self, turn: Turn) -> None:
        topic = attributes.topic_of(turn.text)
        goods = (meant(turn) or (known(turn, turn.shown) if topic and not asked_about(turn) else []))[:MOST]
        described = [] if goods else look_up(turn)
        if len(described) == 1:
            goods = described
        if not goods:
            _answer_in_general(turn, described)
            return
        answers = {p.product_id: _answer(turn, p, topic) for p in goods}
        if len(goods) == 1:
            turn.set("focus", goods[0].product_id)
        if not any(answers.values()):
            _admit(turn, goods, topic)
            return
        unknown = word("商品资料里没写")
        lines = [f"{goods_text.name_of(p)}{word('：')}{answers[p.product_id] or unknown}" for p in goods]
        turn.say("utter_product_info", lines="\n".join(lines))


def _answer(turn: Turn, product: Product, topic: attributes.Topic | None) -> str | None:
    """What buyers think when that is asked. Else from attributes, else the shop's FAQ, else what buyers wrote; an
    overview when nothing in particular is asked."""
    if reputation.asked(turn.text):
        return reputation.of(turn, product)
    found = attributes.from_attributes(product, topic, turn.text)
    if found:
        return found.text
    answer = turn.services.answer(turn.text, "ask_product_info")
    if answer:
        return answer
    reviews = turn.services.store.reviews.of_product(product.product_id)
    if topic is None:
        return f"\n{attributes.overview(product, reviews)}"
    said = attributes.from_reviews(reviews, topic)
    return said.text if said else None


def _answer_in_general(turn: Turn, found: list[Product]) -> None:
    """No product is meant: the shop's own answer, else which one."""
    answer = turn.services.answer(turn.text, "ask_product_info")
    if answer:
        turn.say("utter_faq", answer=answer)
        return
    if found:
        ask_which(turn, found, "ask_product_info")
    else:
        turn.say("utter_which_product", buttons=[turn.human_button])


def _admit(turn: Turn, goods: list[Product], topic: attributes.Topic | None) -> None:
    """Honestly not known. The question is kept for the shop, and a person can be asked."""
    turn.services.store.cases.unanswered(turn.text, turn.customer_id, goods[0].product_id)
    turn.say(
        "utter_info_unknown",
        title=goods_text.joined_names(goods),
        what=topic.name if topic else "这一点",
        buttons=[turn.button("问人工", "request_human")],
    )
    turn.offer("action_request_human")


class AskPrice(ZhikeAction):
    action_name = "action_ask_price"

    def handle(self, turn: Turn) -> None:
        goods = meant(turn)
        if not goods and turn.shown and not asked_about(turn):
            goods = known(turn, turn.shown)
        goods = goods or look_up(turn)
        if not goods:
            turn.say("utter_price_of_what")
        elif len(goods) == 1:
            turn.set("focus", goods[0].product_id)
            turn.say(
                "utter_price",
                title=goods_text.name_of(goods[0]),
                price=goods_text.price_of(goods[0]),
                note=_on_sale_note(goods[0]),
            )
        else:
            turn.say("utter_prices", lines=goods_text.numbered(goods[:MOST]), difference=_difference(goods[:MOST]))


def _on_sale_note(product: Product) -> str:
    if product.available:
        return ""
    return word("，不过已经下架了" if product.status != "on_sale" else "，不过现在没货")


def _difference(goods: list[Product]) -> str:
    """差 60 元, when just two are spoken of."""
    if len(goods) != 2 or goods[0].price == goods[1].price:
        return ""
    return word("\n差 {amount} 元。", amount=yuan(round(abs(goods[0].price - goods[1].price), 2)))


class AskStock(ZhikeAction):
    action_name = "action_ask_stock"

    def handle(self, turn: Turn) -> None:
        goods = meant(turn)
        found = goods or look_up(turn)
        if not found:
            turn.say("utter_stock_of_what")
        elif len(found) > 1 and not goods:
            turn.set("focus", None)
            in_stock = [p for p in found if p.available][:MOST]
            words = "utter_stock_several" if in_stock else "utter_stock_none_of"
            ask_which(turn, in_stock or found[:MOST], "ask_stock", words)
        else:
            for product in found[:MOST]:
                _say_stock(turn, product)


def _say_stock(turn: Turn, product: Product) -> None:
    turn.set("focus", product.product_id)
    title = goods_text.name_of(product)
    if not product.available:
        kind = product.kinds[-1] if product.kinds else ""
        buttons = (
            [turn.button(word("看看有货的{kind}", kind=kind), "request_recommendation", category=kind)] if kind else []
        )
        words = "utter_off_shelf" if product.status != "on_sale" else "utter_out_of_stock"
        turn.say(words, title=title, kind=kind or "同类", buttons=[*buttons, turn.human_button])
        if kind:
            turn.offer("action_request_recommendation", wish={"kinds": [kind]})
        return
    missing = _missing_variants(turn, product)
    if missing:
        turn.say("utter_variant_missing", title=title, missing=word("、").join(missing), there=_variants(product))
        return
    wanted = word("、").join([*turn.entities("colour"), *turn.entities("size")])
    turn.say(
        "utter_in_stock_variant" if wanted else "utter_in_stock",
        title=title,
        variant=wanted,
        count=_count(product),
        price=goods_text.price_of(product),
    )


def _missing_variants(turn: Turn, product: Product) -> list[str]:
    """Colours and sizes asked for that this product is not made in; only where the data list any."""
    missing = [c for c in turn.entities("colour") if product.colours and c not in product.colours]
    return missing + [s for s in turn.entities("size") if product.sizes and s not in product.sizes]


def _variants(product: Product) -> str:
    return word("；").join(word("、").join(values) for values in (product.colours, product.sizes) if values)


def _count(product: Product) -> str:
    """Said only when it is few: the number helps to decide then."""
    few = product.stock is not None and product.stock <= 10
    return word("，只剩 {count} 件", count=product.stock) if few else ""
