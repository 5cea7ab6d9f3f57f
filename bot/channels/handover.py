"""While a person is asked for, the bot keeps still: it says the place in the queue, and how to come back to it."""

from __future__ import annotations

import asyncio
import re
from typing import Any

from actions.language import detect, speaking, word
from bot.channels.payloads import Pressed
from bot.channels.tokens import Identity

# Handled here and not in the dialogue: the dialogue is paused. Signed like every payload.
LEAVE_PAYLOAD = "/leave_queue"
_LEAVING = frozenset(
    [
        "不等了",
        "先不等了",
        "不转了",
        "不转人工了",
        "取消人工",
        "取消转人工",
        "取消排队",
        "不排了",
        "不用人工了",
        "不用转了",
        "回到机器人",
        "继续和机器人聊",
        "stop waiting",
        "don't wait",
        "back to the bot",
        "continue with the bot",
    ]
)
_CLAUSE_END = re.compile(r"[，,。.！!~～]+")


class HandoverDesk:
    def __init__(self, store: Any):
        self._store = store

    async def notice(self, who: Identity, pressed: Pressed | None, text: str, language: str) -> dict[str, Any] | None:
        """What to say instead of the bot's answer, or None when nobody is asked for. language: spoken so far."""
        in_thread = asyncio.get_running_loop().run_in_executor
        waiting = await in_thread(None, self._store.handovers.active, who.sender_id)
        leaving = (pressed is not None and pressed.payload == LEAVE_PAYLOAD) or _wants_to_leave(text)
        if waiting is not None and leaving:
            await in_thread(None, self._store.handovers.end, who.sender_id, "customer")
        with speaking(language if pressed else detect(text, language)):
            if waiting is None:
                here = word("好的，您现在就是和我在聊，请说。")
                return self._message(who, here, "ended") if pressed and leaving else None
            if leaving:
                return self._message(who, word("好的，已经取消排队，咱们接着聊。您想办什么？"), "ended")
            if waiting.state == "connected":
                return self._message(who, word("收到，已经给到正在接待您的同事，稍等一下就回您。"), "connected")
            ahead = waiting.position - 1
            place = word("前面还有 {ahead} 位", ahead=ahead) if ahead > 0 else word("您排在第 1 位")
            kept = word("这条也记下了，人工接进来就能看到。{place}。", place=place)
            return self._message(who, kept, "queued", waiting.position)

    @staticmethod
    def _message(who: Identity, text: str, state: str, position: int | None = None) -> dict[str, Any]:
        data: dict[str, Any] = {"type": "handover", "state": state}
        message: dict[str, Any] = {"recipient_id": who.sender_id, "text": text, "custom": {"data": data}}
        if state == "queued":
            data["position"] = position
            message["buttons"] = [{"title": word("不等了，接着和机器人聊"), "payload": LEAVE_PAYLOAD}]
        return message


def _wants_to_leave(text: str) -> bool:
    """Whether the last thing said is to leave; a blank parts clauses in Chinese."""
    clauses = [clause.strip() for clause in _CLAUSE_END.split(text.lower().replace("’", "'")) if clause.strip()]
    return bool(clauses) and not _LEAVING.isdisjoint({clauses[-1], clauses[-1].split()[-1]})
