"""The recommender at size, beside implicit, similaripy and an article's dense code, on events made up from a seed.

Goods are as popular as Zipf's law has it (exponent 0.9) and lie in 40 clusters; a customer takes from two clusters of
their own, a quarter of the time from anywhere; 50 events a customer in the mean, lognormal. Every measurement is a
process of its own; fits are the best of three, and what is compared with a peer takes turns with it. The peers live in
an environment of their own in the work folder (made by uv: the first time they are compiled, which takes a minute).

python -m benchmarks.scale      writes the measured table and its plot into docs/
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp

from benchmarks.scale_worker import SEED, N
from benchmarks.turns import zhike

ROOT = Path(__file__).resolve().parents[1]
RESULT = Path(__file__).with_name("results") / "scale.json"
PAGE, PLOT = ROOT / "docs/recommender-at-size.md", ROOT / "docs/recommender-at-size.svg"
BEGIN, END = "<!-- figures: python -m benchmarks.scale -->", "<!-- /figures -->"
PEERS = {"implicit": "0.7.3", "similaripy": "0.5.0"}
EVENTS = (100_000, 1_000_000, 10_000_000, 30_000_000)
COMPARED, A_CUSTOMER, GOODS = 10_000_000, 50, 20_000
DENSE_CUSTOMERS, DENSE_GOODS = 5_000, 5_000
ROUNDS = 3


def made(events: int, goods: int = GOODS, clusters: int = 40, zipf: float = 0.9, noise: float = 0.25) -> sp.csr_matrix:
    """Customers × goods, 1 for each pair that was drawn (some more than once, so there are fewer pairs than events)."""
    rng, customers = np.random.default_rng(SEED), events // A_CUSTOMER
    degree = rng.lognormal(0, 0.8, customers)
    degree = np.maximum(1, degree / degree.mean() * A_CUSTOMER).round().astype(np.int64)
    weight = rng.permutation(1 / np.arange(1, goods + 1) ** zipf)
    cluster = rng.integers(clusters, size=goods)
    order = np.argsort(cluster, kind="stable").astype(np.int32)
    start = np.searchsorted(cluster[order], np.arange(clusters + 1))
    upto = np.concatenate([[0], np.cumsum(weight[order])])
    own = rng.integers(clusters, size=(customers, 2))
    customer = np.repeat(np.arange(customers, dtype=np.int32), degree)
    drawn = own[customer, rng.integers(2, size=customer.size)]
    anywhere = rng.random(customer.size) < noise
    low = np.where(anywhere, 0, upto[start[drawn]])
    high = np.where(anywhere, upto[-1], upto[start[drawn + 1]])
    at = np.searchsorted(upto[1:], low + (high - low) * rng.random(customer.size), side="right")
    item = order[np.minimum(at, goods - 1)]
    matrix = sp.csr_matrix((np.ones(customer.size, np.float32), (customer, item)), (customers, goods))
    matrix.sum_duplicates()
    matrix.data[:] = 1
    return matrix


def run(work: Path) -> dict[str, Any]:
    peers = _peers(work / "scale_peers")
    home = work / "cold_start"  # the demo shop of that suite
    if not (home / "zhike.db").exists():
        zhike("demo", env={"ZHIKE_HOME": str(home)})
    figures: dict[str, Any] = {"load_before": round(os.getloadavg()[0], 1)}
    with tempfile.TemporaryDirectory(dir=work) as folder:
        figures["sizes"] = [_size(Path(folder) / "events.npz", events) for events in EVENTS if events != COMPARED]
        file = Path(folder) / "compared.npz"
        shape = _write(file, made(COMPARED))
        who = {"ours": Path(sys.executable), **dict.fromkeys(PEERS, peers)}
        figures["fit"] = _in_turn("fit", file, who)
        figures["sizes"].append({"events": COMPARED, **shape, **figures["fit"]["ours"]})
        figures["sizes"].sort(key=lambda size: size["events"])
        figures["everybody"] = _in_turn("everybody", file, {name: who[name] for name in ("ours", "implicit")})
        figures["one"] = _measured("one", "ours", file)
        _write(file, made(DENSE_CUSTOMERS * A_CUSTOMER, DENSE_GOODS))
        figures["dense"] = {name: _measured("accuracy", name, file) for name in ("dense", "ours, user", "ours, item")}
    figures["suggest"] = _measured("suggest", "ours", home)
    return figures | {"load_after": round(os.getloadavg()[0], 1)}


def _size(file: Path, events: int) -> dict[str, Any]:
    return {"events": events, **_write(file, made(events)), **_in_turn("fit", file, {"ours": None})["ours"]}


def _write(file: Path, matrix: sp.csr_matrix) -> dict[str, int]:
    np.savez(file, data=matrix.data, indices=matrix.indices, indptr=matrix.indptr, shape=matrix.shape)
    return {"customers": matrix.shape[0], "goods": matrix.shape[1], "pairs": matrix.nnz}


def _measured(task: str, model: str, file: Path, python: Path | None = None) -> dict[str, Any]:
    """Numeric libraries compute in one thread, as in the server; kernels take all cores."""
    environment = {name: value for name, value in os.environ.items() if name != "OMP_NUM_THREADS"}
    command = [str(python or sys.executable), "-m", "benchmarks.scale_worker", task, model, str(file)]
    environment |= {} if model == "dense" else {"OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stderr[-3000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def _in_turn(task: str, file: Path, who: dict[str, Path | None]) -> dict[str, dict[str, float]]:
    """The least of each figure that each model (name → its Python) came to in all rounds."""
    rounds = [{name: _measured(task, name, file, python) for name, python in who.items()} for _ in range(ROUNDS)]
    return {name: {key: min(one[name][key] for one in rounds) for key in rounds[0][name]} for name in who}


def _peers(folder: Path) -> Path:
    """Python of the peers' environment, with the numpy and scipy that ours has."""
    uv, python = str(Path(sys.executable).with_name("uv")), folder / "bin/python"
    wanted = PEERS | {name: version(name) for name in ("numpy", "scipy")}
    if not python.exists():
        subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, str(folder)], check=True)
    pins = [f"{name}=={number}" for name, number in wanted.items()]
    subprocess.run([uv, "pip", "install", "--quiet", "--python", str(python), *pins], check=True)
    return python


# --- the figures in docs/ --------------------------------------------------------------------------------


def table(figures: dict[str, Any]) -> list[list[str]]:
    """Rows for people: what was measured, of whom, seconds or milliseconds, CPU seconds, peak memory, more."""
    rows = [["measured", "who", "time", "CPU, s", "peak, MB", "more"]]
    for size in figures["sizes"]:
        what = f"fit, {size['events'] / 1e6:g} M events"
        more = f"{size['customers']:,} customers × {size['goods']:,} goods, {size['pairs']:,} pairs"
        rows.append([what, "ours", *_spent(size), more])
    for who, one in figures["fit"].items():
        if who != "ours":  # ours stands among the sizes
            rows.append(
                [
                    f"fit, {COMPARED / 1e6:g} M events",
                    _named(who),
                    *_spent(one),
                    "asked for 51, it counts the product itself",
                ]
            )
    for who, one in figures["everybody"].items():
        rate = f"{COMPARED / A_CUSTOMER / one['wall_s']:,.0f} customers a second"
        rows.append([f"top {N} of everybody", _named(who), *_spent(one), rate])
    for what, one in (
        (f"top {N} of one customer, filtered", figures["one"]),
        (f"{N} suggestions with reasons, demo shop", figures["suggest"]),
    ):
        taken = f"p50 {one['p50_ms']:.2f} ms, p99 {one['p99_ms']:.2f} ms"
        rows.append([what, "ours", taken, "", f"{one['peak_mb']:,}", f"{one.get('goods', GOODS):,} goods"])
    for who, one in figures["dense"].items():
        hits, gain = (f"{one[key]:.3f} ±{one[f'{key}_half']:.3f}" for key in ("hit_rate", "ndcg"))
        what = f"fit and everybody's list, {DENSE_CUSTOMERS:,} customers"
        name = "an article's dense user cosine" if who == "dense" else who
        rows.append([what, name, *_spent(one), f"HR@{N} {hits}, NDCG@{N} {gain}"])
    load = f"{figures['load_before']} before, {figures['load_after']} after"
    return [*rows, ["load of the machine, mean of a minute", "", load, "", "", "other work slows all of it down"]]


def _spent(one: dict[str, float]) -> list[str]:
    return [f"{one['wall_s']:.2f} s", f"{one['cpu_s']:.2f}", f"{one['peak_mb']:,}"]


def _named(who: str) -> str:
    return f"{who} {PEERS[who]}" if who in PEERS else who


def plot(sizes: list[dict[str, Any]], file: Path) -> None:
    """Seconds and peak memory of the fit against events, SVG, both axes logarithmic."""
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "scale"
    from matplotlib import pyplot

    events = [size["events"] for size in sizes]
    figure, axes = pyplot.subplots(1, 2, figsize=(9, 3.4), constrained_layout=True)
    for axis, key, label in ((axes[0], "wall_s", "fit, seconds"), (axes[1], "peak_mb", "peak memory, MB")):
        values = [size[key] for size in sizes]
        axis.loglog(events, values, marker="o")
        for x, y in zip(events, values, strict=True):
            axis.annotate(f"{y:,g}", (x, y), textcoords="offset points", xytext=(0, 7), ha="center", fontsize=9)
        axis.margins(0.15)
        axis.xaxis.set_major_formatter(lambda x, _: f"{x / 1e6:g} M")
        axis.yaxis.set_major_formatter(lambda y, _: f"{y:,g}")
        for side in (axis.xaxis, axis.yaxis):
            side.set_minor_formatter("")
        axis.set_xlabel("events")
        axis.set_ylabel(label)
        axis.grid(True, which="major", alpha=0.3)
    figure.savefig(file, metadata={"Date": None})
    pyplot.close(figure)


def rendered(result: dict[str, Any]) -> str:
    """The table as Markdown, with the command that makes it and the day."""
    head, *rows = table(result["figures"])
    lines = [f"`python -m benchmarks scale` ({result['made'][:10]}, {result['cores']} cores):", ""]
    lines += [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}", *(f"| {' | '.join(row)} |" for row in rows)]
    return "\n".join(lines)


def main() -> None:
    result = json.loads(RESULT.read_text(encoding="utf-8"))
    text, pattern = PAGE.read_text(encoding="utf-8"), re.compile(re.escape(BEGIN) + ".*?" + re.escape(END), re.S)
    if not pattern.search(text):
        raise SystemExit(f"{PAGE}: no place for the figures ({BEGIN} … {END})")
    PAGE.write_text(pattern.sub(lambda _: f"{BEGIN}\n\n{rendered(result)}\n\n{END}", text), encoding="utf-8")
    plot(result["figures"]["sizes"], PLOT)


if __name__ == "__main__":
    main()
