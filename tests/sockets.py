"""A Socket.IO client for tests of a real server (polling: python-socketio's websocket wants a newer aiohttp than Rasa
allows).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import socketio

from tests.homes import Server

PATIENCE = 10


class Client:
    """A connection that remembers what it was sent."""

    def __init__(self) -> None:
        self.io = socketio.AsyncClient(reconnection=False)
        self.inbox: asyncio.Queue[tuple[str, Any]] = asyncio.Queue()
        for event in ("session_confirm", "bot_uttered", "session_refused", "disconnect"):
            self.io.on(event, self._keep(event))

    def _keep(self, event: str) -> Any:
        async def keep(*data: Any) -> None:
            await self.inbox.put((event, data[0] if data else None))

        return keep

    async def next(self, event: str) -> Any:
        """The data of the next `event`; others are passed over."""
        while True:
            name, data = await asyncio.wait_for(self.inbox.get(), PATIENCE)
            if name == event:
                return data

    async def leave(self) -> None:
        """Tell the server, and don't wait for the long poll that is still open (the client would, half a minute)."""
        leaving = asyncio.ensure_future(self.io.disconnect())
        await asyncio.wait({leaving}, timeout=0.5)
        for task in (self.io.eio.read_loop_task, leaving):
            task.cancel()
        await asyncio.gather(leaving, return_exceptions=True)
        if self.io.eio.http is not None:
            await self.io.eio.http.close()

    async def quiet(self, seconds: float = 0.6) -> bool:
        await asyncio.sleep(seconds)
        return not any(name == "bot_uttered" for name, _ in list(self.inbox._queue))  # type: ignore[attr-defined]


@asynccontextmanager
async def connected(server: Server, token: str | None, **headers: str) -> AsyncIterator[Client]:
    client = Client()
    await client.io.connect(
        server.url, auth={"token": token} if token else None, transports=["polling"], headers=headers
    )
    try:
        yield client
    finally:
        await client.leave()
