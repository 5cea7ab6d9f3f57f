"""When a description fits several goods: find them, and ask which one is meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from actions import goods_text
from actions.language import word
from actions.references import candidates, describes_goods
from actions.showing import remember

if TYPE_CHECKING:
    from actions.turn import Turn
    from store.models import Product


def asked_about(turn: Turn) -> bool:
    """The message describes or names goods itself."""
    return describes_goods(turn) or bool(turn.entities("product"))


def look_up(turn: Turn, most: int = 3) -> list[Product]:
    """Goods that fit the kind, brand and words said; those on the shelf first."""
    return candidates(turn, kinds=turn.entities("category"), brands=turn.entities("brand"))[:most]


def ask_which(turn: Turn, goods: list[Product], intent: str, words: str = "utter_which_of_these") -> None:
    """Shows the candidates with their prices and a button each; 第二个 works from then on."""
    reasons = {p.product_id: word("和您说的最接近") for p in goods}
    custom = goods_text.found_message(goods, reasons)
    places = zip("一二三", goods, strict=False)
    buttons = [turn.button(f"第{place}个", intent, product=p.product_id) for place, p in places]
    turn.say(words, goods=goods_text.numbered(goods), custom=custom, buttons=buttons)
    remember(turn, goods, reasons, custom)
