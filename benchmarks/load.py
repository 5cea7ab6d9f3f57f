"""A closed-loop load generator: each user sends the next message when the last one is answered.

Run as a process of its own, so that its work is not counted as the server's:

    python -m benchmarks.load < job.json > result.json
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from dataclasses import asdict, dataclass
from typing import Any

import aiohttp


@dataclass(frozen=True)
class Job:
    """What to send: `talks[i]` are the messages of user i's talks, one after the other; all users send at once."""

    url: str
    talks: list[list[dict[str, Any]]]  # per user: {"headers": …, "bodies": [JSON bodies in order]}
    warmup_talks: int = 1  # first talks of each user, sent but not counted


@dataclass(frozen=True)
class LoadResult:
    latencies_ms: list[float]
    seconds: float
    silent: int  # turns that were answered with nothing
    failed: int  # turns answered with another status than 200


async def _talk(
    session: aiohttp.ClientSession, url: str, talk: dict[str, Any], out: list[tuple[float, bool, bool]]
) -> None:
    for body in talk["bodies"]:
        started = time.perf_counter()
        async with session.post(url, json=body, headers=talk["headers"]) as response:
            said = await response.json(content_type=None) if response.status == 200 else None
        out.append((1000 * (time.perf_counter() - started), response.status != 200, not said))


async def run(job: Job) -> LoadResult:
    """Play all talks, users side by side. Latencies in milliseconds, of counted turns only."""
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=60)) as session:
        for user in job.talks:
            for talk in user[: job.warmup_talks]:
                await _talk(session, job.url, talk, [])
        turns: list[tuple[float, bool, bool]] = []

        async def user_loop(talks: list[dict[str, Any]]) -> None:
            for talk in talks:
                await _talk(session, job.url, talk, turns)

        started = time.perf_counter()
        await asyncio.gather(*(user_loop(user[job.warmup_talks :]) for user in job.talks))
        seconds = time.perf_counter() - started
    return LoadResult(
        [ms for ms, _, _ in turns],
        seconds,
        sum(silent for _, bad, silent in turns if not bad),
        sum(bad for _, bad, _ in turns),
    )


if __name__ == "__main__":
    json.dump(asdict(asyncio.run(run(Job(**json.load(sys.stdin))))), sys.stdout)
