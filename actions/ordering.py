"""Wanting to buy: into the cart, or the way to it. Nothing is ever ordered or charged here."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from actions import goods_text
from actions.base import ZhikeAction
from actions.language import word
from actions.references import known, meant
from actions.turn import Turn
from actions.which_goods import ask_which, asked_about, look_up

if TYPE_CHECKING:
    from store.models import Product

_HOW = re.compile(r"怎么(买|下单|拍|付|订|购)|如何(买|下单|购买)|在哪[里儿]?(买|下单|拍)|流程|步骤")
_LINK_FIELDS = ("url", "link", "链接", "商品链接")


class PlaceOrder(ZhikeAction):
    action_name = "action_place_order"

    def handle(self, turn: Turn) -> None:
        goods = meant(turn)
        if not goods and _HOW.search(turn.text):
            answer = turn.services.answer(turn.text, "place_order")
            turn.say("utter_faq" if answer else "utter_how_to_order", answer=answer or "")
        elif not goods:
            _ask_what(turn)
        elif len(goods) > 1 and not turn.entities("ordinal"):
            ask_which(turn, goods, "place_order", "utter_order_which")
        else:
            for product in goods[:3]:
                order(turn, product)


def _ask_what(turn: Turn) -> None:
    choices = look_up(turn) if asked_about(turn) else known(turn, turn.shown)
    if len(choices) == 1:
        order(turn, choices[0])
    elif choices and choices != known(turn, turn.shown):
        ask_which(turn, choices, "place_order", "utter_order_which")
    elif choices:
        turn.say(
            "utter_order_which_shown",
            buttons=[
                turn.button(f"第{place}个", "place_order", product=p.product_id)
                for place, p in zip("一二三四五", choices, strict=False)
            ],
        )
    else:
        turn.say("utter_order_what", buttons=[turn.button("推荐几款", "request_recommendation")])


def order(turn: Turn, product: Product) -> None:
    """Puts it into the cart of a known customer; a visitor gets the link and how to go on."""
    turn.set("focus", product.product_id)
    title, price = goods_text.name_of(product), goods_text.price_of(product)
    if not product.available:
        kind = product.kinds[-1] if product.kinds else ""
        turn.say(
            "utter_order_not_available",
            title=title,
            buttons=[
                turn.button(
                    word("看看有货的{kind}", kind=kind),
                    "request_recommendation",
                    **({"category": kind} if kind else {}),
                )
            ],
        )
        return
    link = next((str(product.extra[field]) for field in _LINK_FIELDS if product.extra.get(field)), "")
    where = f"\n{link}" if link else ""
    if turn.anonymous:
        turn.say("utter_order_please_log_in", title=title, price=price, link=where)
        return
    quantity = _quantity(turn)
    turn.services.store.behaviour.add(
        turn.customer_id, product.product_id, "cart", value=quantity, channel="chat", deadline=turn.deadline
    )
    turn.say(
        "utter_in_cart",
        title=title,
        price=price,
        count=f" ×{quantity}" if quantity > 1 else "",
        link=where,
        variants=_to_choose(turn, product),
    )


def _quantity(turn: Turn) -> int:
    said = re.search(r"\d+", str(turn.entity("quantity") or ""))
    return min(99, max(1, int(said[0]))) if said else 1


def _to_choose(turn: Turn, product: Product) -> str:
    """What is still to be chosen on the order page, if this product comes in several colours or sizes."""
    said = [v for v in [*turn.entities("colour"), *turn.entities("size")] if v in product.colours + product.sizes]
    variants = (("颜色", product.colours, "colour"), ("尺码", product.sizes, "size"))
    missing = [word(name) for name, values, kind in variants if len(values) > 1 and not turn.entities(kind)]
    parts = [word("记得选{said}", said=word("、").join(said))] if said else []
    if missing:
        parts.append(word("结算时选一下{missing}", missing=word("和").join(missing)))
    return word("{parts}。", parts=word("，").join(parts)) if parts else ""
