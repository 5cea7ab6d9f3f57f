"""Says what the shop's FAQ says: verbatim, with a short lead; the nearest rule marked as such; or honestly that it
isn't written."""

from __future__ import annotations

import logging
import re

from actions.faq import term_days
from actions.faq_match import Match, Sureness
from actions.turn import Turn
from store.errors import StoreError

log = logging.getLogger(__name__)

# Words that say what a question is about more surely than the reading does: 退货的运费 is about a return, not about
# shipping.
_MATTER = (
    (re.compile(r"退货|退回去|寄回|退的时候|七天无理由|7天无理由"), "request_return"),
    (re.compile(r"退款|退的钱|到账"), "ask_refund_status"),
    (re.compile(r"换货"), "request_exchange"),
    (re.compile(r"发票|开票|抬头"), "ask_invoice"),
    (re.compile(r"保修|维修|质保|安装"), "ask_warranty"),
    (re.compile(r"价保|保价|差价|降价"), "ask_price_protection"),
)
#: Questions offered where none is surely the one: the right one is among so many nine times of ten.
_OFFERED = 3


def matter(text: str, intent: str) -> str:
    """The intent whose topic a question belongs to."""
    return next((topic for words, topic in _MATTER if words.search(text)), intent)


def find_answer(turn: Turn, intent: str | None = None, sureness: Sureness = Sureness.ANSWER) -> Match | None:
    """The entry that answers this message. A button that chose an entry is taken at its word."""
    if turn.services.faq is None:
        return None
    chosen = turn.entity("choice")
    if turn.pressed and isinstance(chosen, str) and chosen.startswith("faq:"):
        entry = turn.services.faq.entry(chosen.removeprefix("faq:"))
        return Match(entry, 1.0, Sureness.ANSWER) if entry else None
    text = turn.text
    return turn.services.faq.best(text, matter(text, intent or turn.intent), sureness)


def say_answer(turn: Turn, match: Match, buttons: list[dict] | None = None) -> None:
    """The shop's own words; what is not surely the answer is told as the nearest rule."""
    name = "utter_faq" if match.sureness is Sureness.ANSWER else "utter_faq_near"
    turn.say(
        name,
        answer=match.entry.answer,
        question=match.entry.question,
        buttons=buttons if name == "utter_faq" else [*(buttons or []), turn.human_button],
    )


def say_unknown(turn: Turn, intent: str) -> None:
    """Not surely written anywhere: says so, offers the shop's likeliest questions and a person, and keeps the question
    for the shop."""
    try:
        turn.services.store.cases.unanswered(turn.text, turn.customer_id, turn.slot("focus"))
        kept = True
    except StoreError:
        log.exception("an unanswered question was not kept")
        kept = False
    faq = turn.services.faq
    likeliest = faq.likeliest(turn.text, matter(turn.text, intent), _OFFERED) if faq is not None else []
    buttons = [turn.button(entry.question[:14], intent, choice=f"faq:{entry.entry_id}") for entry in likeliest]
    turn.say("utter_faq_unknown_kept" if kept else "utter_faq_unknown", buttons=[*buttons, turn.human_button])


def answer_inside_form(turn: Turn, main_intent: str) -> bool:
    """A question about the form's own matter. True: answered (or honestly not known), the form may ask on."""
    match = find_answer(turn, main_intent, Sureness.NEAR)
    if match:
        say_answer(turn, match)
    return match is not None


def policy(turn: Turn, question: str, intent: str, sureness: Sureness = Sureness.NEAR) -> str | None:
    """The shop's own answer to one of the bot's standard questions, None when the shop has none."""
    if turn.services.faq is None:
        return None
    match = turn.services.faq.rule(question, intent, sureness)
    return match.entry.answer if match else None


def policy_days(turn: Turn, question: str, intent: str) -> int | None:
    """The term in days that the shop grants, None when it names none."""
    answer = policy(turn, question, intent)
    return term_days(answer) if answer else None
