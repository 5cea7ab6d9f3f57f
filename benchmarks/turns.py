"""Time per turn, throughput, start-up, training and memory: this bot with everything on, and a stock Rasa bot.

Both get the same messages (a seeded sample of the training messages, so that both understand them), in talks of a dozen
turns, from one user and from ten. This bot looks up customers, runs its actions and commits every turn before it answers.
"""
from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from benchmarks import load, processes, stock

ROOT = Path(__file__).resolve().parents[1]
SEED = 20240607
TURNS_A_TALK, TALKS_A_USER = 12, 9
USERS = (1, 10)
# A talk that calls a person is answered by the queue from then on, which is quick and says nothing about the bot.
LEFT_OUT = {"request_human", "privacy_request"}


@dataclass(frozen=True)
class Bot:
    """One measured bot: where it answers, and what a user's request carries."""

    url: str
    headers: dict[str, str]
    anonymous_body: bool  # the stock bot takes the sender from the body; ours from the token


def training_messages() -> dict[str, list[str]]:
    """Intent → its texts, from data/nlu."""
    messages: dict[str, list[str]] = {}
    for path in sorted((ROOT / "data/nlu").rglob("*.yml")):
        for block in yaml.safe_load(path.read_text(encoding="utf-8")).get("nlu", []):
            if "intent" in block:
                texts = [line[2:].strip() for line in block["examples"].splitlines() if line.startswith("- ")]
                messages.setdefault(block["intent"], []).extend(texts)
    return messages


def talks(rng: random.Random, texts: list[str]) -> Iterator[list[str]]:
    while True:
        yield rng.sample(texts, TURNS_A_TALK)


def zhike(*args: str, env: dict[str, str]) -> str:
    command = [str(Path(sys.executable).with_name("zhike")), *args]
    done = subprocess.run(command, cwd=ROOT, env={**__import__("os").environ, **env}, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr or done.stdout}")
    return done.stdout


def percentiles(values: list[float]) -> dict[str, float]:
    return {"p50_ms": round(float(np.percentile(values, 50)), 1), "p95_ms": round(float(np.percentile(values, 95)), 1)}


def measure(url: str, talk_of: Any, texts: list[str]) -> dict[str, Any]:
    """Play the same seeded talks with one user and with ten. `talk_of(texts)` gives headers and bodies of one talk."""
    rng, figures = random.Random(SEED), {}
    for users in USERS:
        source = talks(rng, texts)
        job = {"url": url, "talks": [[talk_of(next(source)) for _ in range(TALKS_A_USER)] for _ in range(users)]}
        done = subprocess.run([sys.executable, "-m", "benchmarks.load"], input=json.dumps(job), cwd=ROOT, check=True,
                              capture_output=True, text=True)
        result = load.LoadResult(**json.loads(done.stdout))
        figures[f"users_{users}"] = {**percentiles(result.latencies_ms), "turns": len(result.latencies_ms),
                                     "turns_a_second": round(len(result.latencies_ms) / result.seconds, 1),
                                     "silent": result.silent, "failed": result.failed}
    return figures


@contextmanager
def our_home(work: Path) -> Iterator[tuple[dict[str, str], float]]:
    """A home of its own with the demo shop, trained; yields its environment and the training time in seconds."""
    port = processes.free_port()
    env = {"ZHIKE_HOME": str(work / "zhike"), "ZHIKE_PORT": str(port), "ZHIKE_RATE_LIMIT": "0"}
    shutil.rmtree(work / "zhike", ignore_errors=True)
    zhike("demo", env=env)
    started = time.perf_counter()
    zhike("train", env=env)
    yield env, time.perf_counter() - started


def measure_ours(work: Path, texts: list[str], customers: list[str]) -> dict[str, Any]:
    with our_home(work) as (env, training_s):
        base = f"http://127.0.0.1:{env['ZHIKE_PORT']}/webhooks/web"
        rng = random.Random(SEED)

        def talk_of(said: list[str]) -> dict[str, Any]:
            token = zhike("token", "--customer", rng.choice(customers), "--session", f"{rng.random():.12f}", env=env).strip()
            return {"headers": {"Authorization": f"Bearer {token}"}, "bodies": [{"message": text} for text in said]}

        first = talk_of(["你好"])
        answers = lambda: processes.posts_ok(f"{base}/webhook", b'{"message": "\xe4\xbd\xa0\xe5\xa5\xbd"}', first["headers"])  # noqa: E731
        command = [str(Path(sys.executable).with_name("zhike")), "serve"]
        with processes.serving(command, answers, env=env, cwd=ROOT, log=work / "zhike.log") as server:
            figures = measure(f"{base}/webhook", talk_of, texts)
            return {"startup_s": round(server.startup_s, 1), "training_s": round(training_s, 1),
                    "memory_mb": round(server.memory_mb()), **figures}


def measure_stock(work: Path, texts: list[str], messages: dict[str, list[str]]) -> dict[str, Any]:
    folder = work / "stock"
    shutil.rmtree(folder, ignore_errors=True)
    stock.write_project(folder, messages)
    training_s = stock.train(folder)
    port, rng = processes.free_port(), random.Random(SEED)
    url = f"http://127.0.0.1:{port}/webhooks/rest/webhook"

    def talk_of(said: list[str]) -> dict[str, Any]:
        sender = f"{rng.random():.12f}"
        return {"headers": {}, "bodies": [{"sender": sender, "message": text} for text in said]}

    hello = json.dumps({"sender": "hello", "message": "你好"}).encode()
    with processes.serving(stock.serve_command(port), lambda: processes.posts_ok(url, hello, {}), cwd=folder,
                           env={"RASA_TELEMETRY_ENABLED": "false"}, log=work / "stock.log") as server:
        figures = measure(url, talk_of, texts)
        return {"startup_s": round(server.startup_s, 1), "training_s": round(training_s, 1),
                "memory_mb": round(server.memory_mb()), **figures}
