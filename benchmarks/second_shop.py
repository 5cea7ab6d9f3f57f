"""The evaluation kit's shop, from raw tables to talks: import, train, serve, then the kit's messages and dialogues.

Needs the kit at ../shared/eval; says so and measures nothing when it is not there.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from benchmarks import processes

ROOT = Path(__file__).resolve().parents[1]
KIT = ROOT.parent / "shared" / "eval"
KINDS = ("customers", "products", "orders", "events", "reviews", "surveys", "chats", "faq")
ZHIKE = str(Path(sys.executable).with_name("zhike"))
LABELLED = {"utterances": "utterances_dev.jsonl", "moods": "mood_dev.jsonl"}


def _run(command: list[str], env: dict[str, str], **options: Any) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, **env}, capture_output=True, text=True, **options)
    if done.returncode not in (0, 1):  # the kit's player says 1 when a turn failed, which is a figure and no error
        raise RuntimeError(f"{' '.join(command)}: {done.stderr or done.stdout}")
    return done


def _healthy(base: str) -> bool:
    try:
        with urllib.request.urlopen(f"{base}/webhooks/web/health", timeout=5) as response:
            return response.status == 200
    except (urllib.error.URLError, OSError):
        return False


def _read(labelled: Path, work: Path, env: dict[str, str]) -> str:
    """The scorer's last line for one labelled file."""
    predicted = work / f"{labelled.stem}.predicted.jsonl"
    predicted.write_text(_run([ZHIKE, "parse", "--jsonl"], env, input=labelled.read_text("utf-8")).stdout, "utf-8")
    scored = _run([sys.executable, str(KIT / "score_nlu.py"), str(labelled), str(predicted), "--json"], {})
    return json.loads(scored.stdout)["summary"]


def run(work: Path) -> dict[str, Any]:
    """Figures of the kit's shop; {"missing": …} without the kit."""
    if not KIT.is_dir():
        return {"missing": f"no evaluation kit at {KIT}"}
    shop, home, port = work / "second-shop", work / "second-home", processes.free_port()
    shutil.rmtree(home / "models", ignore_errors=True)
    for path in home.glob("zhike.db*"):
        path.unlink()
    # Encodings made for another home of the bench need not be made again.
    if (made := work / "zhike" / "cache").is_dir():
        shutil.copytree(made, home / "cache", dirs_exist_ok=True)
    env = {"ZHIKE_HOME": str(home), "ZHIKE_PORT": str(port), "ZHIKE_RATE_LIMIT": "0"}
    env["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    _run([sys.executable, str(KIT / "make_shop.py"), str(shop)], {})
    started = time.perf_counter()
    for kind in KINDS:
        _run([ZHIKE, "import", kind, str(shop / f"{kind}.csv")], env)
    imported_s = time.perf_counter() - started
    _run([ZHIKE, "train"], env)
    figures: dict[str, Any] = {"import_s": round(imported_s, 1)}
    for name, file in LABELLED.items():
        figures[name] = _read(KIT / file, work, env)
    base = f"http://127.0.0.1:{port}"
    with processes.serving([ZHIKE, "serve"], lambda: _healthy(base), env=env, cwd=ROOT, log=work / "second.log"):
        player = [sys.executable, str(KIT / "run_dialogues.py"), str(KIT / "dialogues_dev.jsonl")]
        played = _run([*player, "--shop", str(shop), "--fresh", "--base", base], env)
    figures["dialogues"] = re.sub("^dialogues: ", "", played.stdout.strip().splitlines()[-1])
    return figures


def table(figures: dict[str, Any]) -> list[list[str]]:
    return [["", "figure"], *([name, str(value)] for name, value in figures.items())]
