"""Time per turn, throughput, start-up, training and memory: this bot with everything on, and a stock Rasa bot.

Both get the same messages, in talks of a dozen turns, from one user and from ten: "known" ones, a seeded sample of the
training messages, and "unseen" ones, the hard messages of tests/nlu/measured that nobody learned from, which this bot
asks its slower encoders about more often. This bot looks up customers, runs its actions and commits every turn first.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from benchmarks import load, processes, stock
from bot.channels.tokens import Identity, issue, load_key
from bot.settings import load as load_settings
from store import Store

ROOT = Path(__file__).resolve().parents[1]
ZHIKE = str(Path(sys.executable).with_name("zhike"))
SEED = 20240607
TURNS_A_TALK, TALKS_A_USER = 12, 9
USERS = (1, 10)
# A talk that calls a person is answered by the queue from then on, which is quick and says nothing about the bot.
LEFT_OUT = {"request_human", "privacy_request"}
UNSEEN = "tests/nlu/measured/hard.jsonl"
KINDS = ("known", "unseen")


def training_messages() -> dict[str, list[str]]:
    """Intent → its texts, from data/nlu."""
    messages: dict[str, list[str]] = {}
    for path in sorted((ROOT / "data/nlu").rglob("*.yml")):
        for block in yaml.safe_load(path.read_text(encoding="utf-8")).get("nlu", []):
            if "intent" in block:
                texts = [line[2:].strip() for line in block["examples"].splitlines() if line.startswith("- ")]
                messages.setdefault(block["intent"], []).extend(texts)
    return messages


def messages_sent(messages: dict[str, list[str]]) -> dict[str, list[str]]:
    """Kind of message → texts."""
    known = [text for intent, said in messages.items() if intent not in LEFT_OUT for text in said]
    unseen = [json.loads(line) for line in (ROOT / UNSEEN).read_text(encoding="utf-8").splitlines()]
    return {
        "known": random.Random(SEED).sample(known, 1200),
        "unseen": [example["text"] for example in unseen if example["intent"] not in LEFT_OUT],
    }


def talks(rng: random.Random, texts: list[str]) -> Iterator[list[str]]:
    while True:
        yield rng.sample(texts, TURNS_A_TALK)


def zhike(*args: str, env: dict[str, str]) -> None:
    """Run a `zhike` command; raises RuntimeError with what it said when it fails."""
    done = subprocess.run([ZHIKE, *args], cwd=ROOT, env={**os.environ, **env}, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"zhike {' '.join(args)}: {done.stderr or done.stdout}")


def percentiles(values: list[float]) -> dict[str, float]:
    return {"p50_ms": round(float(np.percentile(values, 50)), 1), "p95_ms": round(float(np.percentile(values, 95)), 1)}


def measure(url: str, talk_of: Any, sent: dict[str, list[str]]) -> dict[str, Any]:
    """Play the same seeded talks of each kind of message with one user and with ten. `talk_of(texts)` gives headers and
    bodies of one talk.
    """
    rng, figures = random.Random(SEED), {}
    for kind, users in itertools.product(KINDS, USERS):
        source = talks(rng, sent[kind])
        job = {"url": url, "talks": [[talk_of(next(source)) for _ in range(TALKS_A_USER)] for _ in range(users)]}
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.load"],
            input=json.dumps(job),
            cwd=ROOT,
            check=True,
            capture_output=True,
            text=True,
        )
        result = load.LoadResult(**json.loads(done.stdout))
        figures[f"{kind}_{users}"] = {
            **percentiles(result.latencies_ms),
            "turns": len(result.latencies_ms),
            "turns_a_second": round(len(result.latencies_ms) / result.seconds, 1),
            "silent": result.silent,
            "failed": result.failed,
        }
    return figures


def measure_ours(work: Path, sent: dict[str, list[str]]) -> dict[str, Any]:
    """This bot in a home of its own with the demo shop, as logged-in customers of that shop."""
    home, port = work / "zhike", processes.free_port()
    env = {"ZHIKE_HOME": str(home), "ZHIKE_PORT": str(port), "ZHIKE_RATE_LIMIT": "0"}
    shutil.rmtree(home, ignore_errors=True)
    zhike("demo", env=env)
    started = time.perf_counter()
    zhike("train", env=env)
    training_s = time.perf_counter() - started

    settings = load_settings({**os.environ, **env})
    key, rng = load_key(settings.home, settings.secret), random.Random(SEED)
    url = f"http://127.0.0.1:{port}/webhooks/web/webhook"
    with Store.open(settings.url) as store:
        customers = sorted(customer.customer_id for customer in store.customers.all())

    def talk_of(said: list[str]) -> dict[str, Any]:
        who = Identity(rng.choice(customers), anonymous=False, session=f"{rng.random():.12f}")
        return {
            "headers": {"Authorization": f"Bearer {issue(key, who, hours=2)}"},
            "bodies": [{"message": text} for text in said],
        }

    hello = talk_of(["你好"])
    body = json.dumps(hello["bodies"][0]).encode()
    with processes.serving(
        [ZHIKE, "serve"],
        lambda: processes.posts_ok(url, body, hello["headers"]),
        env=env,
        cwd=ROOT,
        log=work / "zhike.log",
    ) as server:
        figures = measure(url, talk_of, sent)
        return {
            "startup_s": round(server.startup_s, 1),
            "training_s": round(training_s, 1),
            "memory_mb": round(server.memory_mb()),
            **figures,
        }


def measure_stock(work: Path, sent: dict[str, list[str]], messages: dict[str, list[str]]) -> dict[str, Any]:
    folder = work / "stock"
    training_s = stock.trained(folder, messages)
    port, rng = processes.free_port(), random.Random(SEED)
    url = f"http://127.0.0.1:{port}/webhooks/rest/webhook"

    def talk_of(said: list[str]) -> dict[str, Any]:
        sender = f"{rng.random():.12f}"
        return {"headers": {}, "bodies": [{"sender": sender, "message": text} for text in said]}

    hello = json.dumps({"sender": "hello", "message": "你好"}).encode()
    with processes.serving(
        stock.serve_command(port),
        lambda: processes.posts_ok(url, hello, {}),
        cwd=folder,
        env={"RASA_TELEMETRY_ENABLED": "false"},
        log=work / "stock.log",
    ) as server:
        figures = measure(url, talk_of, sent)
        return {
            "startup_s": round(server.startup_s, 1),
            "training_s": round(training_s, 1),
            "memory_mb": round(server.memory_mb()),
            **figures,
        }


def run(work: Path) -> dict[str, Any]:
    """Both bots, one after the other on the same machine; ratios are ours to the stock bot's."""
    messages = training_messages()
    sent = messages_sent(messages)
    ours, peer = measure_ours(work, sent), measure_stock(work, sent, messages)
    return {
        "zhike": ours,
        "stock": peer,
        "ratios": {
            f"{figure}_{kind}_{users}_users": round(
                ours[f"{kind}_{users}"][figure] / peer[f"{kind}_{users}"][figure], 3
            )
            for kind, users in itertools.product(KINDS, USERS)
            for figure in ("p50_ms", "p95_ms", "turns_a_second")
        },
    }


def table(figures: dict[str, Any]) -> list[list[str]]:
    """Rows for people: what, this bot, the stock bot, ratio."""
    ours, peer = figures["zhike"], figures["stock"]
    rows = [["", "this bot", "stock Rasa", "ratio"]]
    for key, name in (
        ("startup_s", "start-up to the first answer, s"),
        ("training_s", f"training, s (the stock bot: {stock.EXAMPLES} messages an intent)"),
        ("memory_mb", "memory, MB"),
    ):
        rows.append([name, str(ours[key]), str(peer[key]), f"{ours[key] / peer[key]:.2f}"])
    for kind, users in itertools.product(KINDS, USERS):
        for key, name in (("p50_ms", "turn p50, ms"), ("p95_ms", "turn p95, ms"), ("turns_a_second", "turns a second")):
            mine, other = ours[f"{kind}_{users}"][key], peer[f"{kind}_{users}"][key]
            who = f"{kind} messages, {users} user{'s' * (users > 1)}"
            rows.append([f"{who}: {name}", str(mine), str(other), f"{mine / other:.2f}"])
    return rows
