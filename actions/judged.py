"""What the customer thinks of the last answer. Kept for learning before anybody is thanked."""

from __future__ import annotations

from actions.base import ZhikeAction
from actions.context import SUGGESTING, about_goods
from actions.readings import reading_buttons
from actions.steering import CHEAPER, OTHER_KIND, STYLE
from actions.turn import Turn


class FeedbackPositive(ZhikeAction):
    action_name = "action_feedback_positive"
    sets_topic = False

    def handle(self, turn: Turn) -> None:
        keep(turn, "up")
        if turn.shown and about_goods(turn, SUGGESTING):
            turn.say("utter_glad_goods", buttons=[turn.button("怎么下单", "place_order")])
        else:
            turn.say("utter_glad")


class FeedbackNegative(ZhikeAction):
    action_name = "action_feedback_negative"
    soothes = False
    sets_topic = False

    def handle(self, turn: Turn) -> None:
        keep(turn, "down")
        if not (turn.shown and (about_goods(turn, SUGGESTING) or "推荐" in turn.text)):
            others = (turn.slot("topic") or {}).get("others") or []
            turn.say("utter_wrong_answer", buttons=[*reading_buttons(turn, others), turn.human_button])
            return
        for product_id in turn.shown:
            if turn.customer_id:
                turn.services.store.behaviour.add(
                    turn.customer_id, product_id, "dislike", channel="chat", deadline=turn.deadline
                )
        turn.say(
            "utter_not_shown_again",
            buttons=[
                turn.button("样式", "refine_recommendation", topic=STYLE),
                turn.button("价位", "refine_recommendation", topic=CHEAPER),
                turn.button("换一类", "refine_recommendation", topic=OTHER_KIND),
            ],
        )


def keep(turn: Turn, rating: str) -> None:
    """Commits the judgement with what it is about: the goods last shown, or the words said."""
    showing = (turn.slot("showing") or {}) if about_goods(turn, SUGGESTING) else {}
    turn.services.store.feedback.add(
        turn.sender_id, turn.customer_id, rating, impression_id=showing.get("impression_id"), comment=turn.text
    )
