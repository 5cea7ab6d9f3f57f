"""Short messages that lean on the talk (嗯, 第二个, 换成明天), each said once after that talk and once out of the blue.

The steps are tests/conversations/measured_context.jsonl, one JSON object a line: `kind`; `customer` of the demo shop;
`after`, what they said before; `page`, title of the goods whose page is open, mostly absent; `text`; `does`, actions of
which one must run; `says`, patterns that the answer's words or buttons must all have; `never`, those that they mustn't.
A step is right when all of it holds. Out of the blue is a new conversation of the same customer without a page: what is
right there too doesn't need the talk. A wish of its own in the middle of a form must be heard either way.
"""

from __future__ import annotations

import json
import re
import shutil
import urllib.request
from collections import defaultdict
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks import processes
from benchmarks.turns import ROOT, ZHIKE, zhike
from bot.channels.tokens import Identity, issue, load_key
from bot.evaluation.measures import share
from bot.settings import load as load_settings
from store import Store

STEPS = ROOT / "tests/conversations/measured_context.jsonl"
WAYS = ("with", "without")


@dataclass(frozen=True)
class Step:
    """One line of STEPS."""

    kind: str
    customer: str
    after: list[str]
    text: str
    page: str | None = None
    does: tuple[str, ...] = ()
    says: tuple[str, ...] = ()
    never: tuple[str, ...] = ()

    def wrong(self, actions: list[str], answer: str) -> str | None:
        """What is missing or too much, or None when all is as it must be."""
        if self.does and not set(self.does) & set(actions):
            return f"none of {', '.join(self.does)}"
        missing = [pattern for pattern in self.says if not re.search(pattern, answer)]
        said = [pattern for pattern in self.never if re.search(pattern, answer)]
        return "; ".join([*(f"without {p}" for p in missing), *(f"says {p}" for p in said)]) or None


def steps() -> list[Step]:
    return [Step(**json.loads(line)) for line in STEPS.read_text("utf-8").splitlines()]


def run(work: Path) -> dict[str, Any]:
    """Rates of each kind with and without the talk, and what went wrong; in a copy of the bench's home, which is
    trained first when it has to be.
    """
    trained, home = work / "zhike", work / "context"
    for args in (["demo", "--if-empty"], ["train", "--if-needed"]):
        zhike(*args, env={"ZHIKE_HOME": str(trained)})
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(trained, home, ignore=shutil.ignore_patterns("cache", "logs"), symlinks=True)
    return measure(home, work / "context.log")


def measure(home: Path, log: Path) -> dict[str, Any]:
    """Plays all steps both ways against a server on `home`, whose shop they change."""
    port = processes.free_port()
    env = {"ZHIKE_HOME": str(home), "ZHIKE_PORT": str(port), "ZHIKE_RATE_LIMIT": "0"}
    settings, url = load_settings(env), f"http://127.0.0.1:{port}/webhooks/web/webhook"
    key = load_key(settings.home, settings.secret)
    played = [(number, step, way) for number, step in enumerate(steps()) for way in WAYS]
    with Store.open(settings.url) as store:
        pages = {product.title: product.product_id for product in store.catalogue.snapshot().products.values()}

    def say(who: Identity, text: str, page: str | None = None) -> str:
        """The words and buttons of the answer."""
        body = {"message": text, "metadata": {"product_id": pages[page]} if page else {}}
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {issue(key, who, hours=1)}"}
        request = urllib.request.Request(url, json.dumps(body).encode(), headers)
        with urllib.request.urlopen(request, timeout=60) as response:
            messages = json.load(response)
        titles = [f"[{button['title']}]" for m in messages for button in m.get("buttons") or []]
        return "\n".join([*(m["text"] for m in messages if m.get("text")), *titles])

    def answers() -> bool:
        return processes.posts_ok(
            url,
            json.dumps({"message": "你好"}).encode(),
            {"Authorization": f"Bearer {issue(key, Identity('C0001', anonymous=False, session='hello'), hours=1)}"},
        )

    heard: dict[str, str] = {}
    with processes.serving([ZHIKE, "serve"], answers, env=env, cwd=ROOT, log=log):
        for number, step, way in played:
            who = _speaker(number, step, way)
            for text in step.after if way == "with" else []:
                say(who, text, step.page)
            heard[who.sender_id] = say(who, step.text, step.page if way == "with" else None)
    with Store.open(settings.url) as store:
        done = {turn.sender_id: turn.actions for turn in store.conversations.turns()}
    found = []
    for number, step, way in played:
        sender = _speaker(number, step, way).sender_id
        wrong = step.wrong(done[sender], heard[sender])
        found.append({"step": step, "way": way, "wrong": wrong, "actions": done[sender], "answer": heard[sender]})
    return _figures(found)


def _speaker(number: int, step: Step, way: str) -> Identity:
    return Identity(step.customer, anonymous=False, session=f"context-{number}-{way}")


def _figures(found: list[dict[str, Any]]) -> dict[str, Any]:
    """{"rates": {kind: {way: share}}, "failures": those with the talk, each with its answer}."""
    right: dict[str, dict[str, list[bool]]] = defaultdict(lambda: defaultdict(list))
    for one in found:
        right[one["step"].kind][one["way"]].append(one["wrong"] is None)
    rates = {
        kind: {way: asdict(share(sum(held), len(held))) for way, held in ways.items()} for kind, ways in right.items()
    }
    failures = [
        {
            "said": " / ".join([*one["step"].after, one["step"].text]),
            "wrong": one["wrong"],
            "actions": one["actions"],
            "answer": one["answer"],
        }
        for one in found
        if one["wrong"] and one["way"] == "with"
    ]
    return {"rates": rates, "failures": failures}


def table(figures: dict[str, Any]) -> list[list[str]]:
    """Rows for people: kind, rate with the talk and out of the blue; then what went wrong after the talk."""
    rows = [["", "after the talk (95 %)", "out of the blue (95 %)"]]
    for kind, ways in figures["rates"].items():
        rows.append([kind, *(_rate(ways[way]) for way in WAYS)])
    for one in figures["failures"]:
        rows.append([one["said"], one["wrong"], one["answer"].splitlines()[0] if one["answer"] else "–"])
    return rows


def _rate(one: dict[str, Any]) -> str:
    return f"{one['part']}/{one['n']} = {one['value']:.1%} ({one['low']:.1%} to {one['high']:.1%})"
