"""Short messages typed in a row are one wish (在吗 / 我那个快递 / 怎么还没到): read together, answered once.

`Burst` holds the rules and no clock; `Bursts` waits and answers, one conversation beside the other.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from bot.channels.tokens import Identity

FINISHED = 0.3  # share of the silence that is waited after what reads as finished
LONGEST = 5  # silences after which somebody who types on and on is answered
# More comes: after a comma, and after what only opens a talk, however it is punctuated.
_MORE_COMES = re.compile(
    r"[，、,：:]\s*$"
    r"|(^(亲|喂|嗨|哈[喽啰]|hi|hello)|在[吗嘛么不]|有人[吗嘛么不]?|[你您]好|请问|问[一个]?下|问问|咨询一?下)\W*$",
    re.IGNORECASE,
)
_ASKING = re.compile(r"怎么|咋|多少|多久|什么|为啥|哪|[吗呢吧么不]\W*$")
_SENTENCE_END = re.compile(r"[。！？!?；;]\W*$")
_PARAGRAPH = 15  # characters; those who type more than this in one message seldom send it in pieces
_CALL = re.compile(r"(请|麻烦|帮我|给我|我要|我想)*[转轉找叫]?接?人工(客服|服务)?[吧呗]?\W*")


def reads_finished(text: str) -> bool:
    """Whether the message is a whole sentence, question or paragraph, after which little more is likely to come."""
    if _MORE_COMES.search(text):
        return False
    return bool(_SENTENCE_END.search(text) or _ASKING.search(text)) or len(text) >= _PARAGRAPH


def calls_for_person(text: str) -> bool:
    """转人工 and nothing else."""
    return bool(_CALL.fullmatch(text.strip()))


def joined(texts: Iterable[str]) -> str:
    """One text that holds each as it was typed; a comma keeps clauses apart that have no mark of their own."""
    whole = ""
    for text in texts:
        separator = "" if not whole else "，" if whole[-1].isalnum() else " "
        whole += separator + text
    return whole


@dataclass(frozen=True)
class Typed:
    """One message. `page`: what the page told with it. `alone`: to be answered at once, as a turn of its own.
    `at`: when it came, in seconds.
    """

    text: str
    page: dict[str, Any]
    alone: bool
    at: float


class Burst:
    """What was typed in one conversation and is not answered yet, oldest first.

    `seconds`: the silence to wait for; 0 answers each message by itself. `longest`: characters that may be read
    together.
    """

    def __init__(self, seconds: float, longest: int):
        self._seconds, self._longest = seconds, longest
        self._waiting: deque[Typed] = deque()
        self._typing_at = float("-inf")

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def add(self, typed: Typed) -> None:
        self._waiting.append(typed)
        self._typing_at = float("-inf")  # what was being typed is here

    def typing(self, now: float) -> None:
        """The customer is at the next message."""
        self._typing_at = now

    def due(self) -> float:
        """When the next turn is to begin, which may be past; something must be waiting."""
        first, last = self._waiting[0], self._waiting[-1]
        if last.alone or self._next_turn() < len(self._waiting):
            return first.at
        silence = self._seconds * (FINISHED if reads_finished(last.text) else 1)
        return min(max(last.at + silence, self._typing_at + self._seconds), first.at + LONGEST * self._seconds)

    def take(self) -> tuple[str, dict[str, Any]]:
        """Text and page of the next turn, which waits no longer; where pages differ the later one holds."""
        parts = [self._waiting.popleft() for _ in range(self._next_turn())]
        return joined(part.text for part in parts), {key: value for part in parts for key, value in part.page.items()}

    def _next_turn(self) -> int:
        """How many of the messages that wait are read together next."""
        if self._waiting[0].alone or not self._seconds:
            return 1
        length = -1
        for number, typed in enumerate(self._waiting):
            length += 1 + len(typed.text)
            if number and (typed.alone or length > self._longest):
                return number
        return len(self._waiting)


@dataclass
class _Line:
    """A conversation in which something waits or is being answered."""

    burst: Burst
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    serving: asyncio.Task[None] | None = None


class Bursts:
    """The bursts of all conversations. They belong to no connection, so none is lost when one ends.

    `answer`: one turn, (who, text, page); it must not raise.
    """

    def __init__(
        self, seconds: float, longest: int, answer: Callable[[Identity, str, dict[str, Any]], Awaitable[None]]
    ):
        self._seconds, self._longest, self._answer = seconds, longest, answer
        self._lines: dict[str, _Line] = {}
        self._closing = False

    def add(self, who: Identity, text: str, page: dict[str, Any], alone: bool = False) -> None:
        """A message that is to be answered; see `Typed`."""
        loop = asyncio.get_running_loop()
        line = self._lines.get(who.sender_id)
        if line is None:
            line = self._lines[who.sender_id] = _Line(Burst(self._seconds, self._longest))
            line.serving = loop.create_task(self._serve(who, line))
        line.burst.add(Typed(text, page, alone, loop.time()))
        line.changed.set()

    def typing(self, sender_id: str) -> None:
        """The customer is at the next message: what waits may wait a little longer."""
        if line := self._lines.get(sender_id):
            line.burst.typing(asyncio.get_running_loop().time())

    async def close(self) -> None:
        """Answers at once what waits; returns when that is done."""
        self._closing = True
        for line in self._lines.values():
            line.changed.set()
        await asyncio.gather(*(line.serving for line in self._lines.values() if line.serving))

    async def _serve(self, who: Identity, line: _Line) -> None:
        while line.burst:
            await self._silence(line)
            await self._answer(who, *line.burst.take())
        del self._lines[who.sender_id]

    async def _silence(self, line: _Line) -> None:
        clock = asyncio.get_running_loop().time
        while not self._closing and (left := line.burst.due() - clock()) > 0:
            line.changed.clear()
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(line.changed.wait(), left)
