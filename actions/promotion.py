"""Coupons, discounts, gifts, bargaining: what the shop itself says, and nothing that it has not promised."""

from __future__ import annotations

import re

from actions import goods_text
from actions.base import ZhikeAction
from actions.references import meant
from actions.turn import Turn

_BARGAINING = re.compile(r"抹零|抹个零|便宜[点些]|少[点些]|诚意价|优惠[点些]|打个折|再让|最低(价|多少)|砍")
_PROMOTION_FIELDS = ("promotion", "促销", "活动", "优惠")


class AskPromotion(ZhikeAction):
    action_name = "action_ask_promotion"

    def handle(self, turn: Turn) -> None:
        goods = meant(turn)
        of_goods = [f"{goods_text.name_of(p)}：{note}" for p in goods if (note := promotion_of(p.extra))]
        answer = turn.services.answer(turn.text, "ask_promotion") or _in_general(turn)
        buttons = [turn.button("看性价比高的", "refine_recommendation", topic="cheaper")] if turn.shown else None
        if of_goods:
            turn.say("utter_promotion_of_goods", lines="\n".join(of_goods), general=f"\n{answer}" if answer else "")
        elif answer and _BARGAINING.search(turn.text):
            turn.say("utter_bargain", answer=answer, buttons=buttons)
        elif answer:
            turn.say("utter_faq", answer=answer)
        else:
            turn.services.store.cases.unanswered(turn.text, turn.customer_id, goods[0].product_id if goods else None)
            turn.say("utter_promotion_unknown", buttons=[turn.human_button])


def promotion_of(extra: dict) -> str | None:
    """What the merchant's table says about a sale of this product, in a column of that name."""
    return next((str(extra[field]) for field in _PROMOTION_FIELDS if extra.get(field)), None)


def _in_general(turn: Turn) -> str | None:
    """The shop's entry on promotions, however the question was put."""
    entries = turn.services.faq.index().about("ask_promotion")
    return entries[0].answer if entries else None
