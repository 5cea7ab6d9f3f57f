"""The first words to somebody who is upset: what went wrong, in their words, and sorry once."""

from __future__ import annotations

import re

from actions.turn import Turn

WAITED = re.compile(r"[一二两三四五六七八九十半几多好\d]+\s*多?个?来?(?:天|小时|钟头|星期|礼拜|周|月|分钟)(?:多|了)?")

# What the message is about decides what is named.
SORRY_BY_INTENT = {
    **dict.fromkeys(("track_order", "urge_delivery", "ask_shipping"), "utter_sorry_parcel"),
    **dict.fromkeys(("report_problem", "request_return", "request_exchange", "ask_warranty"), "utter_sorry_goods"),
    **dict.fromkeys(("ask_refund_status", "ask_payment", "ask_price_protection"), "utter_sorry_money"),
    **dict.fromkeys(("clarify", "feedback_negative", "nlu_fallback"), "utter_sorry_bot"),
}
WAITING_INTENTS = {"track_order", "urge_delivery", "ask_refund_status", "ask_shipping"}


def waited(text: str) -> str | None:
    """How long somebody says to have waited: 五天, 半个月; None when no time is named."""
    found = WAITED.search(text)
    return found[0].rstrip("了") if found else None


def soothe(turn: Turn) -> None:
    """One sentence of sympathy, fitting what the message is about."""
    how_long = waited(turn.text)
    if how_long and turn.intent in WAITING_INTENTS:
        turn.say("utter_sorry_waited", waited=how_long)
    else:
        turn.say(SORRY_BY_INTENT.get(turn.intent, "utter_sorry"))
