"""Starting a server as a process of its own, waiting until it answers, and reading its memory."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True)
class Running:
    """A server that answered its first message; `startup_s` counts from the start of the process to that answer."""

    process: subprocess.Popen[bytes]
    startup_s: float

    def memory_mb(self) -> float:
        """Resident memory of the process and its children, in MB (10⁶ bytes)."""
        parent = psutil.Process(self.process.pid)
        return sum(p.memory_info().rss for p in [parent, *parent.children(recursive=True)]) / 1e6


@contextlib.contextmanager
def serving(
    command: list[str],
    answers: Callable[[], bool],
    *,
    env: dict[str, str],
    cwd: Path,
    log: Path,
    patience_s: float = 180,
) -> Iterator[Running]:
    """Run `command` until the block ends. `answers` is asked again and again until it is true.

    Raises RuntimeError with the end of the log when the process dies or stays silent for `patience_s`.
    """
    started = time.perf_counter()
    with log.open("wb") as out:
        process = subprocess.Popen(
            command,
            cwd=cwd,
            env={**os.environ, **env},
            stdout=out,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
    try:
        while not answers():
            if process.poll() is not None or time.perf_counter() - started > patience_s:
                raise RuntimeError(f"{' '.join(command)} did not come up:\n{log.read_text(errors='replace')[-3000:]}")
            time.sleep(0.1)
        yield Running(process, time.perf_counter() - started)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGINT)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def posts_ok(url: str, body: bytes, headers: dict[str, str]) -> bool:
    """True when the URL answers 200 with a list that is not empty: a server that is up and says something."""
    request = urllib.request.Request(url, body, {"Content-Type": "application/json", **headers})
    try:
        with urllib.request.urlopen(request, timeout=20) as response:
            return response.status == 200 and len(response.read()) > 2
    except (urllib.error.URLError, ConnectionError, TimeoutError, OSError):
        return False
