"""Not understood: say what was read, offer two likely meanings; the second time running the menu and a person."""

from __future__ import annotations

import re

from actions.base import ZhikeAction
from actions.moves import takes_value
from actions.readings import menu_buttons, reading_buttons, readings, said
from actions.turn import Turn

LIKELY = 0.12  # below that a reading is a guess among forty and would only puzzle
_WORDS = re.compile(r"[\w一-鿿]")
QUOTED = 16  # characters of the message that are said back


class NotUnderstood(ZhikeAction):
    action_name = "action_not_understood"
    is_fallback = True

    def handle(self, turn: Turn) -> None:
        action = takes_value(turn)
        if action:  # no sentence, but an order number or a budget says enough
            turn.follow(action)
            return
        count = int(turn.slot("fallbacks") or 0) + 1
        turn.set("fallbacks", count)
        likely = [intent for intent, confidence in turn.ranking if confidence >= LIKELY and intent in readings()][:2]
        if count >= turn.services.limits.fallbacks:
            turn.say("utter_not_understood_again", buttons=[*menu_buttons(turn), turn.human_button])
        elif not _WORDS.search(turn.text):
            turn.say("utter_no_words", buttons=menu_buttons(turn))
        elif len(likely) == 2:
            one, other = (said(intent) for intent in likely)
            turn.say(
                "utter_which_reading",
                quoted=quoted(turn.text),
                one=one,
                other=other,
                buttons=[*reading_buttons(turn, likely), turn.human_button],
            )
        else:
            buttons = {b["payload"]: b for b in [*reading_buttons(turn, likely), *menu_buttons(turn)]}
            turn.say("utter_not_understood", quoted=quoted(turn.text), buttons=list(buttons.values())[:4])


def quoted(text: str) -> str:
    """The beginning of what was typed, safe to say back in a response: no braces, no line breaks."""
    text = re.sub(r"[{}\[\]<>\s]+", " ", text).strip()
    return text if len(text) <= QUOTED else text[:QUOTED] + "…"
