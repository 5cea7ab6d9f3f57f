"""What is said when something of ours failed: sorry once, what did not happen, and two ways on."""

from __future__ import annotations

import itertools
from typing import Any

from actions.language import CHINESE, ENGLISH, detect, speaking, word

_WORDINGS = itertools.cycle(
    (
        "抱歉，刚才店里的系统没有及时回应，这件事还没有办。您可以再试一次，也可以找人工。",
        "不好意思，这一步没办成，系统卡了一下，什么都没有改动。再试一次，还是转给人工？",
        "抱歉让您等了：这次没能查到结果，也没有替您做任何改动。可以重试，或者让人工来办。",
    )
)
_IN_ENGLISH = (
    "Sorry, the shop's system didn't answer in time. Nothing was done or changed. Try again, or talk to a person?"
)
HUMAN_PAYLOAD = "/request_human"
STALE_BUTTON = "这个按钮不是这次对话里的，或者已经失效，我没有照它办。请直接说您想做什么。"


def apology(again: str = "") -> dict[str, Any]:
    """A bot message: text and buttons. `again` is what the customer sent, to be sent once more; the answer is in its
    language, and in both where it shows none (a button)."""
    language = detect(again, "") if not again.startswith("/") else ""
    text = _IN_ENGLISH if language == ENGLISH else next(_WORDINGS)
    with speaking(language or CHINESE):
        buttons = [{"title": word("再试一次"), "payload": again}] if again else []
        buttons.append({"title": word("转人工"), "payload": HUMAN_PAYLOAD})
    return {"text": text if language else f"{text}\n{_IN_ENGLISH}", "buttons": buttons}
