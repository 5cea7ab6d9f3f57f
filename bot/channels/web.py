"""The REST half of the `web` channel: chat, feedback, events, history, health, and the chat page. Errors are JSON
with a reason.
"""

from __future__ import annotations

import asyncio
import functools
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

import orjson
from rasa.core.channels.channel import InputChannel
from sanic import Blueprint, Sanic
from sanic.exceptions import SanicException
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.channels import tokens
from bot.channels.limits import Refused
from bot.channels.pages import add_pages
from bot.channels.tokens import BadToken, Identity
from bot.errors import Problem
from store.clock import SHANGHAI
from store.errors import StoreError

if TYPE_CHECKING:
    from bot.runtime.bot import Bot

logger = logging.getLogger(__name__)
RATINGS = frozenset({"up", "down"})
EVENT_TYPES = frozenset({"view", "click", "cart", "purchase", "dislike"})
HISTORY_TURNS = 30
Handler = Callable[..., Awaitable[HTTPResponse]]


def answer(value: Any, status: int = 200) -> HTTPResponse:
    return HTTPResponse(orjson.dumps(value, default=str), status, content_type="application/json; charset=utf-8")


def refusal(status: int, reason: str) -> HTTPResponse:
    return answer({"error": reason}, status)


class WebChannel(InputChannel):
    """Needs the running `Bot`; Rasa hands channels a function for messages, which a turn of ours goes beyond."""

    def __init__(self, bot: Bot):
        self.bot = bot

    @classmethod
    def name(cls) -> str:
        return "web"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> InputChannel:
        """`rasa run` knows neither our tokens nor our store, and must not open a chat without them."""
        raise Problem("web 通道不能用 rasa run 启动", "它需要店铺数据库、令牌和动作", "zhike serve", code=2)

    def blueprint(self, on_new_message: Callable[..., Awaitable[Any]]) -> Blueprint:
        routes = Blueprint("zhike_web")
        routes.add_route(self._served(self._webhook), "/webhook", methods=["POST", "OPTIONS"])
        routes.add_route(self._served(self._feedback), "/feedback", methods=["POST", "OPTIONS"])
        routes.add_route(self._served(self._event), "/events", methods=["POST", "OPTIONS"])
        routes.add_route(self._served(self._history), "/history", methods=["GET", "OPTIONS"])

        @routes.get("/health")
        async def health(request: Request) -> HTTPResponse:
            well, report = await self.bot.health.check()
            return answer({"status": "ok" if well else "failing", "checks": report}, 200 if well else 503)

        add_pages(routes, self.bot)
        return routes

    def _served(self, handler: Handler) -> Handler:
        """Origin, token, then the handler; every refusal as JSON."""

        @functools.wraps(handler)
        async def serve(request: Request) -> HTTPResponse:
            origin = request.headers.get("origin")
            if not self.bot.origins.allows(origin, request.headers.get("host", "")):
                return refusal(403, "这个网页没有获准连接：请店家把它的地址加进 allowed_origins")
            if request.method == "OPTIONS":
                response = HTTPResponse(b"", 204)
            else:
                try:
                    who = tokens.verify(self.bot.key, tokens.bearer(request.headers.get("authorization")))
                    response = await handler(request, who)
                except BadToken as error:
                    response = refusal(401, str(error))
                    response.headers["WWW-Authenticate"] = "Bearer"
                except Refused as error:
                    response = refusal(error.status, error.reason)
                except StoreError as error:
                    logger.error("%s: %s", request.path, error)
                    response = refusal(503, "店里的数据库没有回应，没有记下来。请稍后再试")
            if self.bot.origins.named(origin):
                response.headers["Access-Control-Allow-Origin"] = origin
                response.headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
                response.headers["Access-Control-Allow-Methods"] = "GET, POST, OPTIONS"
                response.headers["Vary"] = "Origin"
            return response

        return serve

    async def _webhook(self, request: Request, who: Identity) -> HTTPResponse:
        body = json_object(request)
        page = body.get("metadata") or {}
        if not isinstance(page, dict):
            raise Refused(400, "metadata 要是一个 JSON 对象")
        return answer(await self.bot.conversations.turn(who, body.get("message"), "web", page))

    async def _feedback(self, request: Request, who: Identity) -> HTTPResponse:
        body = json_object(request)
        rating = body.get("rating")
        if not isinstance(rating, str) or rating not in RATINGS:
            raise Refused(400, 'rating 要是 "up" 或 "down"')
        message_id, impression_id = optional_text(body, "message_id"), optional_text(body, "impression_id")
        if not message_id and not impression_id:
            raise Refused(400, "要有 message_id 或 impression_id，说明评价的是哪一条")
        if message_id and not self.bot.signer.owns_message(who.subject, message_id):
            raise Refused(404, "没有这条消息，或者不是给您的")
        if impression_id:
            await self._own_impression(who, impression_id)
        await in_thread(
            functools.partial(
                self.bot.store.feedback.add,
                who.sender_id,
                who.customer_id,
                rating,
                message_id=message_id,
                impression_id=impression_id,
                reason=optional_text(body, "reason"),
                comment=optional_text(body, "comment"),
                product_id=optional_text(body, "product_id"),
            )
        )
        return answer({"ok": True}, 201)

    async def _event(self, request: Request, who: Identity) -> HTTPResponse:
        body = json_object(request)
        kind, product_id, impression_id = (
            body.get("type"),
            optional_text(body, "product_id"),
            optional_text(body, "impression_id"),
        )
        if not isinstance(kind, str) or kind not in EVENT_TYPES:
            raise Refused(400, f"type 要是 {'、'.join(sorted(EVENT_TYPES))} 之一")
        if not product_id:
            raise Refused(400, "要有 product_id")
        if await in_thread(self.bot.store.catalogue.get, product_id) is None:
            raise Refused(404, "没有这件商品")
        if impression_id:
            await self._own_impression(who, impression_id)
        await in_thread(functools.partial(self.bot.store.behaviour.add, who.subject, product_id, kind, channel="web"))
        return answer({"ok": True}, 201)

    async def _own_impression(self, who: Identity, impression_id: str) -> None:
        impression = await in_thread(self.bot.store.impressions.get, impression_id)
        same = impression is not None and (
            impression.sender_id == who.sender_id or (who.customer_id and impression.customer_id == who.customer_id)
        )
        if not same:
            raise Refused(404, "没有这次推荐，或者不是给您的")

    async def _history(self, request: Request, who: Identity) -> HTTPResponse:
        whose = {"customer_id": who.customer_id} if who.customer_id else {"sender_id": who.sender_id}
        turns = await in_thread(
            functools.partial(
                self.bot.store.conversations.history,
                **whose,
                before=moment(request.args.get("before")),
                limit=HISTORY_TURNS,
            )
        )
        return answer(
            [
                {"turn_id": turn.turn_id, "at": turn.at.isoformat(), "text": turn.text, "replies": turn.replies}
                for turn in turns
            ]
        )


def json_object(request: Request) -> dict[str, Any]:
    """The body. Raises Refused 400 with the reason."""
    try:
        body = orjson.loads(request.body)
    except orjson.JSONDecodeError as error:
        raise Refused(400, f"请求体不是合格的 JSON（UTF-8）：第 {error.lineno} 行第 {error.colno} 列") from None
    if not isinstance(body, dict):
        raise Refused(400, '请求体要是一个 JSON 对象，例如 {"message": "您好"}')
    return body


def optional_text(body: dict[str, Any], name: str, longest: int = 500) -> str | None:
    value = body.get(name)
    if value is None or value == "":
        return None
    if not isinstance(value, str) or len(value) > longest:
        raise Refused(400, f"{name} 要是不超过 {longest} 字的文字")
    return value


def moment(text: str | None) -> datetime | None:
    """An ISO time with its zone. Raises Refused 400."""
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text.replace(" ", "+"))  # a plus sign that was not escaped in the URL
    except ValueError:
        raise Refused(400, "before 要是上一页最早一轮的 at，例如 2026-11-25T12:00:00+08:00") from None
    return at if at.tzinfo else at.replace(tzinfo=SHANGHAI)


async def in_thread(function: Callable[..., Any], *args: Any) -> Any:
    return await asyncio.get_running_loop().run_in_executor(None, function, *args)


def errors_as_json(app: Sanic) -> None:
    """What Sanic itself refuses (unknown route, too large a body) and what breaks in a handler, as JSON too."""
    reasons = {
        404: "没有这个地址",
        405: "这个地址不支持这种请求方法",
        413: "请求太大了",
        400: "请求不合规定",
        408: "请求超时",
    }

    async def on_error(request: Request, error: Exception) -> HTTPResponse:
        status = error.status_code if isinstance(error, SanicException) else 500
        if status >= 500:
            logger.error("%s broke", request.path, exc_info=error)
        return refusal(status, reasons.get(status, "服务器出错了，请稍后再试"))

    app.error_handler.add(Exception, on_error)
