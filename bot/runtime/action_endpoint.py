"""Where Rasa's custom actions run: in this process, or on an action server.

Both have a time limit, an apology, and no lie: an action that raises, hangs or cannot be reached answers with an
apology and is recorded as *rejected*, never as executed; the turn ends there (a follow-up `action_listen`), so that no
later step says it was done. An action gets its deadline with the call, and the store refuses to commit after it.
"""

from __future__ import annotations

import asyncio
import contextvars
import json as jsonlib
import logging
import threading
import time
from typing import Any

import aiohttp
import orjson
from rasa.utils.endpoints import ClientResponseError, EndpointConfig
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException

from actions.turn import SECONDS_LEFT
from bot.runtime.apology import apology
from bot.runtime.threads import ActionThreads, Saturated
from bot.runtime.turn import running_turn

logger = logging.getLogger(__name__)
# An action's last moment to commit a deed lies this many seconds before the moment when nobody waits for it any more.
MARGIN = 0.15
# The response with which an action of ours says that it caught an error itself (actions.base).
BROKE = "utter_something_broke"


class ActionFailed(Exception):  # noqa: N818 - says what is the case
    """An action gave no result; the message is for the log."""


class TimedActions(EndpointConfig):
    """An endpoint whose answer comes in time, or is an apology."""

    def __init__(self, limit: float, url: str | None = None):
        super().__init__(url=url)
        self.limit = limit

    async def request(
        self,
        method: str = "post",
        subpath: str | None = None,
        content_type: str | None = "application/json",
        compress: bool = False,
        **kwargs: Any,
    ) -> Any:
        call: dict[str, Any] = kwargs["json"]
        action, turn = call["next_action"], running_turn.get()
        budget = self.limit if turn is None else min(self.limit, turn.remaining)
        _tell_deadline(call, budget)
        try:
            result = await self.call(call, budget)
            if turn is not None and any(
                response.get("response") == BROKE for response in result.get("responses") or ()
            ):
                turn.failures.append((action, "caught its own error"))
            return result
        except ActionFailed as error:
            logger.error("action %s failed: %s", action, error, exc_info=error.__cause__)
            if turn is not None:
                turn.failures.append((action, str(error)))
            return failed(action, turn.message if turn else "")

    async def call(self, call: dict[str, Any], budget: float) -> dict[str, Any]:
        """The action's result. Raises ActionFailed, or ClientResponseError 400 when the action rejects itself."""
        raise NotImplementedError

    async def answers(self) -> bool:
        """Whether an action would be run now (for the health check)."""
        raise NotImplementedError

    async def close(self) -> None:
        """Let go of threads and connections."""


def failed(action: str, again: str) -> dict[str, Any]:
    """The result of an action that failed: an apology, the action rejected, the turn over."""
    return {
        "events": [
            {"event": "action_execution_rejected", "name": action, "policy": None, "confidence": None},
            {"event": "followup", "name": "action_listen"},
        ],
        "responses": [apology(again)],
    }


def _tell_deadline(call: dict[str, Any], seconds: float) -> None:
    """The deadline travels in the metadata of the latest message (`actions.turn.SECONDS_LEFT`), which reaches any
    process.
    """
    message = call["tracker"]["latest_message"]
    message["metadata"] = {**(message.get("metadata") or {}), SECONDS_LEFT: max(0.0, round(seconds - MARGIN, 3))}


class InProcessActions(TimedActions):
    """rasa_sdk's executor in threads of this process; calls and results are JSON, just as on an action server."""

    def __init__(self, executor: ActionExecutor, limit: float, threads: int):
        super().__init__(limit, url="in-process")
        self.executor = executor
        self._threads = ActionThreads(threads)
        self._local = threading.local()

    async def call(self, call: dict[str, Any], budget: float) -> dict[str, Any]:
        context = contextvars.copy_context()
        future = self._threads.submit(
            context.run,
            self._run,
            orjson.dumps(call, default=str, option=orjson.OPT_SERIALIZE_NUMPY),
            time.monotonic() + budget,
        )
        waiting = asyncio.wrap_future(future)
        # The result is looked at below; a late exception of an abandoned action would only be noise.
        waiting.add_done_callback(lambda done: done.cancelled() or done.exception())
        done, _ = await asyncio.wait({waiting}, timeout=budget)
        if not done:
            try:
                self._threads.abandon(future)
            except Saturated:
                logger.critical("too many actions hang; restart the server")
            raise ActionFailed(f"no result within {budget:.1f} s")
        try:
            return orjson.loads(waiting.result())
        except ActionExecutionRejection as error:
            raise ClientResponseError(
                400, "rejected", jsonlib.dumps({"action_name": error.action_name, "error": error.message})
            ) from None
        except ActionNotFoundException as error:
            raise ActionFailed(f"no such action: {error.action_name}") from None
        except Exception as error:
            raise ActionFailed(f"raised {type(error).__name__}") from error

    def _run(self, body: bytes, deadline: float) -> bytes:
        seconds = deadline - time.monotonic()
        if seconds <= MARGIN:
            raise TimeoutError("its turn came too late")
        call = orjson.loads(body)
        _tell_deadline(call, seconds)  # it may have waited for a thread
        loop = getattr(self._local, "loop", None)
        if loop is None:
            loop = self._local.loop = asyncio.new_event_loop()
        result = loop.run_until_complete(self.executor.run(call))
        return orjson.dumps(result, default=str, option=orjson.OPT_SERIALIZE_NUMPY)

    async def answers(self) -> bool:
        future = self._threads.submit(bool, 1)
        done, _ = await asyncio.wait({asyncio.wrap_future(future)}, timeout=1)
        return bool(done) and bool(self.executor.actions)

    async def close(self) -> None:
        self._threads.close()


class HttpActions(TimedActions):
    """An action server, asked over kept connections (Rasa itself opens a new one for each action)."""

    def __init__(self, url: str, limit: float):
        super().__init__(limit, url=url)
        self._client: aiohttp.ClientSession | None = None

    def _session(self) -> aiohttp.ClientSession:
        if self._client is None:
            self._client = aiohttp.ClientSession(json_serialize=lambda value: orjson.dumps(value, default=str).decode())
        return self._client

    async def call(self, call: dict[str, Any], budget: float) -> dict[str, Any]:
        try:
            timeout = aiohttp.ClientTimeout(total=max(0.05, budget))
            async with self._session().post(self.url, json=call, timeout=timeout) as response:
                body = await response.read()
        except asyncio.TimeoutError:
            raise ActionFailed(f"no answer from {self.url} within {budget:.1f} s") from None
        except aiohttp.ClientError as error:
            raise ActionFailed(f"cannot reach {self.url}: {type(error).__name__}") from None
        if response.status == 400:
            raise ClientResponseError(400, response.reason or "", body.decode("utf-8", "replace"))
        if response.status != 200:
            raise ActionFailed(f"{self.url} answered {response.status}")
        try:
            return orjson.loads(body)
        except orjson.JSONDecodeError:
            raise ActionFailed(f"{self.url} answered no JSON") from None

    async def answers(self) -> bool:
        try:
            async with self._session().get(
                self.url.rsplit("/", 1)[0] + "/health", timeout=aiohttp.ClientTimeout(total=1)
            ) as response:
                return response.status == 200
        except (aiohttp.ClientError, asyncio.TimeoutError):
            return False

    async def close(self) -> None:
        if self._client is not None:
            await self._client.close()
            self._client = None
