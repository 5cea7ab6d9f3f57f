"""The other wish of a message that holds two (快递到哪了，顺便开个发票): kept until the first is done, then offered."""

from __future__ import annotations

from actions.language import word
from actions.readings import readings, said
from actions.turn import Turn

SLOT = "also"


def keep(turn: Turn) -> None:
    """Notes the other wish of this message; one that the customer comes to by himself needs no offer any more."""
    other = turn.also
    if other and other["name"] in readings():
        turn.set(SLOT, other)
    elif (turn.slot(SLOT) or {}).get("name") == turn.intent:
        turn.set(SLOT, None)


def offer(turn: Turn) -> None:
    """Offers what was kept, when nothing else is under way. The button says the customer's own words again: they are
    read anew, with the goods and numbers in them."""
    other = turn.slot(SLOT)
    if not other or turn.following or (turn.form and not turn.left_form):
        return
    turn.set(SLOT, None)
    title, _ = readings()[other["name"]]
    words = other["text"].lstrip("/")  # a payload with a slash would be signed as a command
    turn.say("utter_also", wish=said(other["name"]), buttons=[{"title": word(title), "payload": words}])
