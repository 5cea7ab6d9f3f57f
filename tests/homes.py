"""A shop's home and a server on it, for tests: run `zhike`, copy a trained home, serve it, ask it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
ZHIKE = str(Path(sys.executable).with_name("zhike"))


def clean_environment(**settings: str) -> dict[str, str]:
    """This process's environment without anybody's ZHIKE_ settings, and with those given."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("ZHIKE_")}
    return {**kept, "RASA_TELEMETRY_ENABLED": "false", **settings}


def zhike(
    *args: str, home: Path, given: str | None = None, timeout: float = 900, **settings: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [ZHIKE, *args],
        env=clean_environment(ZHIKE_HOME=str(home), **settings),
        capture_output=True,
        text=True,
        encoding="utf-8",
        input=given,
        timeout=timeout,
        cwd=ROOT,
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def copy_home(trained: Path, target: Path) -> Path:
    """Shop and model of `trained`, everything else new: own key, own logs. Models are linked, not copied."""
    target.mkdir(parents=True)
    for name in ("zhike.db", "demo.json"):
        if (trained / name).exists():
            shutil.copy2(trained / name, target / name)
    shutil.copytree(trained / "models", target / "models", symlinks=True, copy_function=_link)
    return target


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


@dataclass
class Answer:
    status: int
    body: Any
    headers: dict[str, str]


@dataclass
class Server:
    url: str
    home: Path
    process: subprocess.Popen[bytes]

    @property
    def web(self) -> str:
        return f"{self.url}/webhooks/web"

    def identity(self, customer: str | None = None, session: str = "") -> Any:
        from bot.channels import tokens

        return tokens.Identity(customer, False, session) if customer else tokens.visitor(session)

    def token(self, customer: str | None = None, session: str = "", hours: float = 1) -> str:
        from bot.channels import tokens

        return tokens.issue(tokens.load_key(self.home), self.identity(customer, session), hours)

    def ask(
        self, path: str, body: Any = None, token: str | None = None, method: str | None = None, **headers: str
    ) -> Answer:
        """body: an object (sent as JSON), bytes (as they are) or None (GET)."""
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        sent = {
            "Content-Type": "application/json",
            **headers,
            **({"Authorization": f"Bearer {token}"} if token else {}),
        }
        request = urllib.request.Request(self.web + path, data, sent, method=method)
        try:
            with urllib.request.urlopen(request, timeout=20) as response:
                return Answer(response.status, _json(response.read()), dict(response.headers))
        except urllib.error.HTTPError as error:
            return Answer(error.code, _json(error.read()), dict(error.headers))

    def say(self, text: str, token: str) -> list[dict[str, Any]]:
        answer = self.ask("/webhook", {"message": text}, token)
        assert answer.status == 200, answer
        return answer.body


def _json(data: bytes) -> Any:
    try:
        return json.loads(data)
    except ValueError:
        return data.decode("utf-8", "replace")


@contextmanager
def serving(home: Path, **settings: str) -> Iterator[Server]:
    """`zhike serve` on a free port, until the block ends (with Ctrl-C, as a person would)."""
    port = free_port()
    log = home / "server.out"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [ZHIKE, "serve"],
            stdout=out,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            cwd=ROOT,
            env=clean_environment(ZHIKE_HOME=str(home), ZHIKE_PORT=str(port), **settings),
            start_new_session=True,
        )
    server = Server(f"http://127.0.0.1:{port}", home, process)
    try:
        patience = time.monotonic() + 180
        while "准备好了" not in log.read_text("utf-8", "replace"):
            if process.poll() is not None or time.monotonic() > patience:
                pytest.fail(f"the server did not come up:\n{log.read_text('utf-8', 'replace')[-2000:]}")
            time.sleep(0.1)
        yield server
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGINT)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
