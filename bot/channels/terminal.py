"""The terminal as a channel: `rasa shell`'s own code reads and prints, the turn goes the same way as on the web.

Buttons are numbered lines, so that they can be chosen by number or by their words, on a terminal as through a pipe.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import orjson
from rasa.core.channels.console import CmdlineInput
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.channels.limits import Refused
from bot.channels.tokens import Identity

if TYPE_CHECKING:
    from bot.runtime.bot import Bot


class TerminalChannel(CmdlineInput):
    """`password`: what the terminal sends along, so that nobody else on the machine talks as this customer."""

    def __init__(self, bot: Bot, who: Identity):
        self.bot, self.who = bot, who
        self.password = secrets.token_urlsafe(16)
        self._choices: dict[str, str] = {}

    def blueprint(self, on_new_message: Callable[..., Awaitable[Any]]) -> Blueprint:
        routes = Blueprint("zhike_terminal")

        @routes.post("/webhook")
        async def receive(request: Request) -> HTTPResponse:
            if not hmac.compare_digest(request.args.get("token", "").encode(), self.password.encode()):
                return HTTPResponse(b"", 401)
            lines = await self.answer(str(orjson.loads(request.body).get("message") or ""))
            body = "".join(
                orjson.dumps({"recipient_id": self.who.sender_id, "text": line}).decode() + "\n" for line in lines
            )
            return HTTPResponse(body, content_type="application/x-ndjson; charset=utf-8")

        return routes

    async def answer(self, typed: str) -> list[str]:
        """What to print for what was typed: words, the number of a button, or its title."""
        try:
            replies = await self.bot.conversations.turn(self.who, self._choices.get(typed.strip(), typed), "terminal")
        except Refused as error:
            return [error.reason]
        self._choices = {}
        return [self._printed(reply) for reply in replies]

    def _printed(self, reply: dict[str, Any]) -> str:
        lines = [reply["text"]] if reply.get("text") else []
        for button in reply.get("buttons") or []:
            number = str(sum(key.isdigit() for key in self._choices) + 1)
            self._choices[number] = self._choices[button["title"]] = button["payload"]
            lines.append(f"  {number}. {button['title']}")
        return "\n".join(lines)
