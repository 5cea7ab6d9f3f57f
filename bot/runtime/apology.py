"""What is said when something of ours failed: sorry once, what did not happen, and two ways on."""

from __future__ import annotations

import itertools
from typing import Any

_WORDINGS = itertools.cycle(
    (
        "抱歉，刚才店里的系统没有及时回应，这件事还没有办。您可以再试一次，也可以找人工。",
        "不好意思，这一步没办成，系统卡了一下，什么都没有改动。再试一次，还是转给人工？",
        "抱歉让您等了：这次没能查到结果，也没有替您做任何改动。可以重试，或者让人工来办。",
    )
)
HUMAN_PAYLOAD = "/request_human"
STALE_BUTTON = "这个按钮不是这次对话里的，或者已经失效，我没有照它办。请直接说您想做什么。"


def apology(again: str = "") -> dict[str, Any]:
    """A bot message: text and buttons. `again` is what the customer sent, to be sent once more."""
    buttons = [{"title": "再试一次", "payload": again}] if again else []
    return {"text": next(_WORDINGS), "buttons": [*buttons, {"title": "转人工", "payload": HUMAN_PAYLOAD}]}
