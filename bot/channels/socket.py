"""The Socket.IO half of the `web` channel, on python-socketio 5.18 (Rasa's own delivers nothing with it: it does not
await the room).

Events as Rasa names them. Client → server: connect with auth {"token"}, `session_request` {"session_id"?,
"last_message_id"?},
`user_uttered` {"message", "session_id"?, "metadata"?}, `user_typing` (now and then while the next message is being
typed: what was sent before waits for it, see burst.py). Server → client: `session_confirm` <session id>, `bot_uttered`
<message>,
`session_refused` {"error"}. All connections of a conversation share a room, so that two open pages show the same.
"""

from __future__ import annotations

import logging
from collections import OrderedDict, deque
from typing import TYPE_CHECKING, Any

import orjson
import socketio
from sanic import Sanic

from bot.channels import tokens
from bot.channels.burst import Bursts, calls_for_person
from bot.channels.limits import Refused
from bot.channels.tokens import BadToken, Identity
from bot.runtime.apology import apology

if TYPE_CHECKING:
    from bot.runtime.bot import Bot

logger = logging.getLogger(__name__)
PATH = "socket.io"
CONVERSATIONS = 5_000  # whose last messages are kept for a reconnect
BROKEN = '您发来的内容我没法读：要是 {"message": "文字"} 这样的形式。请再发一次。'


class Outbox:
    """The last messages of each conversation: which were sent to nobody, and what came after the one a client saw
    last.
    """

    def __init__(self, size: int):
        self._size = size
        self._messages: OrderedDict[str, deque[dict[str, Any]]] = OrderedDict()
        self._unseen: dict[str, set[str]] = {}

    def add(self, sender_id: str, message: dict[str, Any], delivered: bool) -> None:
        if not self._size:
            return
        kept = self._messages.setdefault(sender_id, deque(maxlen=self._size))
        kept.append(message)
        if not delivered:
            self._unseen.setdefault(sender_id, set()).add(message["message_id"])
        self._messages.move_to_end(sender_id)
        while len(self._messages) > CONVERSATIONS:
            forgotten, _ = self._messages.popitem(last=False)
            self._unseen.pop(forgotten, None)

    def missed(self, sender_id: str, last_seen: str | None) -> list[dict[str, Any]]:
        """What a client that comes back has not got, oldest first; from now on it counts as delivered."""
        kept = list(self._messages.get(sender_id, ()))
        unseen = self._unseen.pop(sender_id, set())
        ids = [message["message_id"] for message in kept]
        after = ids.index(last_seen) + 1 if last_seen in ids else len(kept)
        return [message for index, message in enumerate(kept) if index >= after or ids[index] in unseen]

    def offers(self, sender_id: str, text: str) -> bool:
        """Whether a button of the last messages posts just this text."""
        return any(
            button.get("payload") == text
            for message in self._messages.get(sender_id, ())
            for button in message.get("buttons") or ()
        )


class ChatNamespace(socketio.AsyncNamespace):
    def __init__(self, bot: Bot):
        super().__init__("/")
        self.bot = bot
        self.outbox = Outbox(bot.settings.outbox)
        self.bursts = Bursts(bot.settings.burst_seconds, bot.settings.message_chars, self._answer)
        self._who: dict[str, Identity] = {}

    async def on_connect(self, sid: str, environ: dict[str, Any], auth: Any = None) -> None:
        token = auth.get("token") if isinstance(auth, dict) else None
        try:
            who = tokens.verify(self.bot.key, token)
        except BadToken as error:
            raise socketio.exceptions.ConnectionRefusedError(str(error)) from None
        self._who[sid] = who

    async def on_disconnect(self, sid: str, reason: str = "") -> None:
        self._who.pop(sid, None)

    async def on_session_request(self, sid: str, data: Any = None) -> None:
        who, data = self._who[sid], data if isinstance(data, dict) else {}
        if not self._own_session(who, data.get("session_id")):
            await self._refuse(sid)
            return
        await self.enter_room(sid, who.sender_id)
        await self.emit("session_confirm", who.sender_id, to=sid)
        last_seen = data.get("last_message_id")
        for message in self.outbox.missed(who.sender_id, last_seen if isinstance(last_seen, str) else None):
            await self.emit("bot_uttered", message, to=sid)

    async def on_user_uttered(self, sid: str, data: Any = None) -> None:
        who = self._who[sid]
        if not isinstance(data, dict) or not isinstance(data.get("metadata") or {}, dict):
            await self.emit("bot_uttered", {"text": BROKEN}, to=sid)
            return
        if not self._own_session(who, data.get("session_id")):
            await self._refuse(sid)
            return
        # Joining here too: who speaks without asking for the session first must not wait for an answer in vain.
        await self.enter_room(sid, who.sender_id)
        try:
            text = self.bot.conversations.accept(who, data.get("message"))
        except Refused as error:
            await self.emit("bot_uttered", {"text": error.reason}, to=sid)
            return
        pressed = self.bot.signer.is_button(text) or self.outbox.offers(who.sender_id, text)
        self.bursts.add(who, text, data.get("metadata") or {}, alone=pressed or calls_for_person(text))

    async def on_user_typing(self, sid: str, data: Any = None) -> None:
        self.bursts.typing(self._who[sid].sender_id)

    async def _answer(self, who: Identity, text: str, page: dict[str, Any]) -> None:
        try:
            for reply in await self.bot.conversations.answer(who, text, "web", page):
                await self.say(who.sender_id, reply)
        except Exception as error:
            logger.error("a turn over the socket broke", exc_info=error)
            await self.emit("bot_uttered", {"text": apology()["text"]}, room=who.sender_id)

    async def say(self, sender_id: str, message: dict[str, Any]) -> None:
        """To every connection of the conversation; kept for later when there is none."""
        self.outbox.add(sender_id, message, delivered=self._anybody(sender_id))
        await self.emit("bot_uttered", message, room=sender_id)

    def _anybody(self, sender_id: str) -> bool:
        return any(True for _ in self.server.manager.get_participants(self.namespace, sender_id))

    @staticmethod
    def _own_session(who: Identity, session_id: object) -> bool:
        return session_id in (None, "", who.sender_id) or (bool(who.session) and session_id == who.session)

    async def _refuse(self, sid: str) -> None:
        await self.emit("session_refused", {"error": "这个会话不是您的"}, to=sid)
        await self.disconnect(sid)


class _Json:
    """orjson under the names that python-socketio calls."""

    @staticmethod
    def dumps(value: Any, **_: Any) -> str:
        return orjson.dumps(value, default=str).decode("utf-8")

    @staticmethod
    def loads(text: str | bytes, **_: Any) -> Any:
        return orjson.loads(text)


def attach(app: Sanic, bot: Bot) -> socketio.AsyncServer:
    """Serve Socket.IO at /socket.io of this app."""

    def allowed(origin: str | None, environ: dict[str, Any]) -> bool:
        return bot.origins.allows(origin, environ.get("HTTP_HOST", ""))

    server = socketio.AsyncServer(
        async_mode="sanic",
        cors_allowed_origins=allowed,
        cors_credentials=False,
        json=_Json,
        max_http_buffer_size=bot.settings.body_bytes,
        async_handlers=False,  # one event after the other: messages stay in order, and a disconnect overtakes none
    )
    chat = ChatNamespace(bot)
    server.register_namespace(chat)
    server.attach(app, PATH)

    @app.listener("before_server_stop")
    async def answer_what_waits(app: Sanic, _: object) -> None:
        await chat.bursts.close()

    return server
