"""While a person is asked for, the bot keeps still: it says the place in the queue, and how to come back to it."""

from __future__ import annotations

import asyncio
import re
from typing import Any

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
    ]
)
_CLAUSE_END = re.compile(r"[\s，,。！!~～]+")


class HandoverDesk:
    def __init__(self, store: Any):
        self._store = store

    async def notice(self, who: Identity, pressed: Pressed | None, text: str) -> dict[str, Any] | None:
        """What to say instead of the bot's answer, or None when nobody is asked for."""
        in_thread = asyncio.get_running_loop().run_in_executor
        waiting = await in_thread(None, self._store.handovers.active, who.sender_id)
        last_clause = [clause for clause in _CLAUSE_END.split(text) if clause][-1:]
        leaving = (pressed is not None and pressed.payload == LEAVE_PAYLOAD) or bool(_LEAVING.intersection(last_clause))
        if waiting is None:
            return self._message(who, "好的，您现在就是和我在聊，请说。", "ended") if pressed and leaving else None
        if leaving:
            await in_thread(None, self._store.handovers.end, who.sender_id, "customer")
            return self._message(who, "好的，已经取消排队，咱们接着聊。您想办什么？", "ended")
        if waiting.state == "connected":
            return self._message(who, "收到，已经给到正在接待您的同事，稍等一下就回您。", "connected")
        place = f"前面还有 {waiting.position - 1} 位" if waiting.position > 1 else "您排在第 1 位"
        return self._message(who, f"这条也记下了，人工接进来就能看到。{place}。", "queued", waiting.position)

    @staticmethod
    def _message(who: Identity, text: str, state: str, position: int | None = None) -> dict[str, Any]:
        data: dict[str, Any] = {"type": "handover", "state": state}
        message: dict[str, Any] = {"recipient_id": who.sender_id, "text": text, "custom": {"data": data}}
        if state == "queued":
            data["position"] = position
            message["buttons"] = [{"title": "不等了，接着和机器人聊", "payload": LEAVE_PAYLOAD}]
        return message
