"""Suggesting goods, steering what was suggested, and saying why."""

from __future__ import annotations

import re
from dataclasses import replace

from actions import goods_text, suggesting
from actions.base import MOVES, ZhikeAction
from actions.language import word
from actions.references import known, meant
from actions.showing import nothing_fits, show
from actions.steering import CHEAPER, DEARER, MORE, OTHER_BRAND, move_of
from actions.steps import STEPS
from actions.turn import Turn
from actions.wish import Wish, gather, says_limit

_ASKS_WHY = re.compile(r"为什么|为啥|凭什么|怎么(知道|会|推)|理由|原因|根据|依据|干嘛|干吗")


class RequestRecommendation(ZhikeAction):
    action_name = "action_request_recommendation"
    counts_mood = False

    def handle(self, turn: Turn) -> None:
        old = Wish.from_slot(turn.slot("wish"))
        # After a yes to 要看有货的吗 the wish is the one that was offered; the message itself says nothing.
        wish = old if turn.intent in MOVES and not turn.entities("category") else gather(turn, old, steering=False)
        if wish.kinds != old.kinds:
            turn.set("shown_before", [])
        found = suggesting.ask(turn, suggesting.request_for(turn, wish))
        show(turn, wish, found) if found.items else nothing_fits(turn, wish)


class RefineRecommendation(ZhikeAction):
    action_name = "action_refine_recommendation"
    counts_mood = False

    def handle(self, turn: Turn) -> None:
        old = Wish.from_slot(turn.slot("wish"))
        wish, move = gather(turn, old, steering=True), move_of(turn)
        if move == DEARER and set(wish.aspects) - {*old.aspects, "质量"}:
            move = None  # 续航好点的 wants no dearer ones, as 好点的 and 质量好点的 do
        if not turn.shown and wish == old and move not in (CHEAPER, MORE):
            turn.say("utter_refine_what", buttons=[turn.button("随便推荐几款", "request_recommendation")])
            return
        if move is None and wish == old and not says_limit(turn):
            ways = (("换一批", MORE), ("便宜点的", CHEAPER), ("换个牌子", OTHER_BRAND))
            buttons = [turn.button(title, "refine_recommendation", topic=way) for title, way in ways]
            turn.say("utter_refine_how", buttons=buttons)
            return
        STEPS.get(move, STEPS[None])(turn, wish)


class AskRecommendationReason(ZhikeAction):
    action_name = "action_ask_recommendation_reason"

    def handle(self, turn: Turn) -> None:
        showing = turn.slot("showing") or {}
        reasons, goods = showing.get("reasons") or {}, known(turn, turn.shown)
        if not goods and not _ASKS_WHY.search(turn.text):
            turn.follow("action_request_recommendation")  # 有什么推荐的: with nothing on the table it asks for goods
            return
        if not goods:
            turn.say("utter_reason_nothing_shown", buttons=[turn.button("推荐几款", "request_recommendation")])
            return
        asked_for = [p for p in meant(turn) if p.product_id in reasons]
        about = asked_for or goods
        lines = (
            goods_text.numbered(about, [reasons.get(p.product_id, "") for p in about])
            if len(about) > 1
            else f"{goods_text.name_of(about[0])}{word('：')}{reasons.get(about[0].product_id, '')}"
        )
        wanted = replace(Wish.from_slot(turn.slot("wish")), below=None).described()
        personal = bool(showing.get("personalised"))
        turn.say(
            "utter_reason_personal" if personal else "utter_reason",
            lines=lines,
            wanted=word("您说的是「{wanted}」，按这个挑的。", wanted=wanted) if wanted else "",
            buttons=[turn.button("关闭个性化推荐", "privacy_request", topic="off")] if personal else None,
        )
