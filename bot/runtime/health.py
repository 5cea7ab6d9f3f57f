"""Whether the bot would serve a customer now: a canary message is understood, actions answer, the database writes."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.agent import Agent

from bot.runtime.action_endpoint import TimedActions

logger = logging.getLogger(__name__)
CANARY, CANARY_INTENT = "你好", "greet"
FRESH_SECONDS = 2.0  # asked more often, the last result is given: the check must not become load itself
PATIENCE = 2.5


class Health:
    def __init__(self, agent: Agent, actions: TimedActions, store: Any, behind: Callable[[], int]):
        self._checks: dict[str, Callable[[], Awaitable[str]]] = {
            "understanding": self._understanding,
            "actions": self._actions,
            "database": self._database,
            "turn_log": self._turn_log,
        }
        self._agent, self._endpoint, self._store, self._behind = agent, actions, store, behind
        self._last: tuple[float, bool, dict[str, str]] = (0.0, False, {})
        self._lock = asyncio.Lock()

    async def check(self) -> tuple[bool, dict[str, str]]:
        """(all well, check → "ok" or a Chinese reason)."""
        async with self._lock:
            if time.monotonic() - self._last[0] < FRESH_SECONDS and self._last[2]:
                return self._last[1:]
            reasons = await asyncio.gather(*(self._bounded(name, check) for name, check in self._checks.items()))
            report = dict(zip(self._checks, reasons, strict=True))
            self._last = (time.monotonic(), all(reason == "ok" for reason in reasons), report)
            return self._last[1:]

    async def _bounded(self, name: str, check: Callable[[], Awaitable[str]]) -> str:
        try:
            return await asyncio.wait_for(check(), PATIENCE)
        except asyncio.TimeoutError:
            return "没有及时回应"
        except Exception as error:
            logger.error("health check %s: %s", name, error)
            return str(error) or type(error).__name__

    async def _understanding(self) -> str:
        read = await self._agent.parse_message(CANARY)
        return "ok" if read["intent"]["name"] == CANARY_INTENT else f"“{CANARY}”被理解成 {read['intent']['name']}"

    async def _actions(self) -> str:
        return "ok" if await self._endpoint.answers() else "动作没有回应"

    async def _database(self) -> str:
        await asyncio.get_running_loop().run_in_executor(None, self._store.check_writable)
        return "ok"

    async def _turn_log(self) -> str:
        behind = self._behind()
        return "ok" if not behind else f"{behind} 轮对话还没写进数据库，正在重试"
