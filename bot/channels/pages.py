"""The chat page and, for a made-up shop on this machine only, tokens to play its customers."""

from __future__ import annotations

import mimetypes
from pathlib import Path
from typing import TYPE_CHECKING

import orjson
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.channels import tokens
from bot.channels.origins import from_this_machine
from bot.channels.tokens import Identity

if TYPE_CHECKING:
    from bot.runtime.bot import Bot

FOLDER = Path(__file__).with_name("ui")
FILES = frozenset(path.name for path in FOLDER.iterdir() if path.suffix in {".html", ".css", ".js", ".svg"})
# Nothing from elsewhere, nothing inline: what the page shows is text of customers and merchants.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: https:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'"
)


def add_pages(routes: Blueprint, bot: Bot) -> None:
    async def page(request: Request, name: str) -> HTTPResponse:
        if name not in FILES:
            return HTTPResponse(
                orjson.dumps({"error": "没有这个文件"}), 404, content_type="application/json; charset=utf-8"
            )
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        headers = {
            "Content-Security-Policy": POLICY,
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-cache",
            "Referrer-Policy": "no-referrer",
        }
        return HTTPResponse((FOLDER / name).read_bytes(), 200, headers, f"{kind}; charset=utf-8")

    async def demo(request: Request) -> HTTPResponse:
        """GET: the customers to choose from. POST {"customer_id"?: str}: a token for one of them, or for a visitor."""
        host = request.headers.get("host", "")
        allowed = (
            bot.settings.demo_allowed
            and from_this_machine(request.ip, host)
            and bot.origins.allows(request.headers.get("origin"), host)
        )
        if not allowed:
            return _json({"error": "这里不能扮演顾客：只有演示店铺、而且在本机打开时才可以"}, 403)
        people = bot.demo_customers()
        if request.method == "GET":
            return _json(people)
        try:
            wanted = orjson.loads(request.body or b"{}").get("customer_id")
        except (orjson.JSONDecodeError, AttributeError):
            return _json({"error": "请求体要是一个 JSON 对象"}, 400)
        if wanted is not None and wanted not in {person["customer_id"] for person in people}:
            return _json({"error": "没有这位演示顾客"}, 404)
        session = tokens.visitor().subject  # a new talk each time the page is opened
        who = Identity(wanted, anonymous=False, session=session) if wanted else tokens.visitor()
        return _json({"token": tokens.issue(bot.key, who, bot.settings.token_hours)})

    routes.add_route(demo, "/ui/demo", methods=["GET", "POST"])
    routes.add_route(page, "/ui/<name:str>", methods=["GET"])


def _json(value: object, status: int = 200) -> HTTPResponse:
    return HTTPResponse(orjson.dumps(value), status, {"Cache-Control": "no-store"}, "application/json; charset=utf-8")
