"""One measurement of the suite `scale` in a process of its own, which may be another environment's:

python -m benchmarks.scale_worker TASK MODEL FILE      prints one line of JSON

It imports nothing of ours but for MODEL "ours…", "dense" and the task `suggest`. Memory is the process's peak resident
set (VmHWM, Linux) in MB (10⁶ bytes), libraries and the matrix itself included.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp

NEIGHBOURS, N = 50, 10
ASKED, WARM_UP = 2000, 50
SEED = 20260


def main(task: str, model: str, file: str) -> None:
    measured = {"fit": fit, "everybody": everybody, "one": one, "accuracy": accuracy, "suggest": suggest}[task]
    print(json.dumps({**measured(model, Path(file)), "peak_mb": round(peak_mb())}))


def fit(model: str, file: Path) -> dict[str, Any]:
    """Seconds of the fit alone."""
    return timed(fitting(model, matrix(file)))[1]


def everybody(model: str, file: Path) -> dict[str, Any]:
    """Top 10 of all customers, what they have left out; the fit not counted."""
    known = matrix(file)
    return timed(lists(model, fitting(model, known)(), known))[1]


def one(model: str, file: Path) -> dict[str, Any]:
    """Top 10 of one customer at a time among a random third of the goods, what they have left out."""
    known = matrix(file)
    fitted, rng = fitting(model, known)(), np.random.default_rng(SEED)
    allowed = rng.random(known.shape[1]) < 1 / 3
    customers = rng.integers(known.shape[0], size=(ASKED, 1))
    return latencies([lambda row=row: fitted.recommend(row, N, allowed=allowed) for row in customers])


def accuracy(model: str, file: Path) -> dict[str, Any]:
    """One random product of each customer is held out; all others are ranked. Seconds of the fit and everybody's
    list."""
    from recommender import evaluation

    known, rng = matrix(file), np.random.default_rng(SEED)
    customers = np.flatnonzero(np.diff(known.indptr) > 1)
    held = known.indptr[customers] + (rng.random(customers.size) * np.diff(known.indptr)[customers]).astype(np.int64)
    wanted = sp.csr_matrix((np.ones(held.size), (customers, known.indices[held])), known.shape)
    known.data[held] = 0
    known.eliminate_zeros()
    ids, spent = timed(lambda: lists(model, fitting(model, known)(), known)())
    places = evaluation.ranks_in(ids[customers], wanted[customers])
    found = evaluation.values(places, np.ones(customers.size, int), N).accuracy()
    means = {"hit_rate": found.hit_rate, "ndcg": found.ndcg}
    bounds = {f"{name}_half": round((mean.high - mean.low) / 2, 4) for name, mean in means.items()}
    return spent | {name: round(mean.value, 4) for name, mean in means.items()} | bounds


def suggest(model: str, home: Path) -> dict[str, Any]:
    """A whole suggestion of the shop at `home`: filters, ranking and a reason for each product."""
    from actions.shelf import as_facts, as_items
    from bot.settings import load
    from recommender import Request, ShopRecommender
    from recommender.interactions import read
    from store import Store

    with Store.open(load({"ZHIKE_HOME": str(home)}).url) as store:
        events, items, customers = store.behaviour.interactions(), as_items(store.catalogue.snapshot()), as_facts(store)
    fitted = ShopRecommender.fit(events, items, customers)
    names = np.random.default_rng(SEED).choice(sorted(read(events).customers), ASKED)
    asked = [Request(N, str(name), max_price=300.0) for name in names]
    return {"goods": len(items)} | latencies([lambda request=request: fitted.suggest(request) for request in asked])


def fitting(model: str, known: sp.csr_matrix) -> Callable[[], Any]:
    """What fits the model, everything imported: "ours", "ours, user", "dense", "implicit" or "similaripy"."""
    if model.startswith("ours"):
        from recommender import CosineRecommender

        kind = "user" if model.endswith("user") else "item"
        return lambda: CosineRecommender(kind, neighbours=NEIGHBOURS).fit(known)
    if model == "dense":
        from recommender.evaluation import dense_user_cosine

        return lambda: dense_user_cosine(known)
    if model == "implicit":
        from implicit.nearest_neighbours import CosineRecommender as Implicit

        peer = Implicit(K=NEIGHBOURS + 1)  # it counts the product itself
        return lambda: (peer.fit(known, show_progress=False), peer)[1]
    import similaripy

    return lambda: similaripy.cosine(known.T.tocsr(), k=NEIGHBOURS + 1, verbose=False)


def lists(model: str, fitted: Any, known: sp.csr_matrix) -> Callable[[], np.ndarray]:
    customers = np.arange(known.shape[0])
    if model == "implicit":
        return lambda: fitted.recommend(customers, known, N=N)[0]
    if model == "dense":
        from recommender.base import top_n

        fitted[known.nonzero()] = 0
        return lambda: top_n(fitted, N)[0]
    return lambda: fitted.recommend(customers, N)[0]


def matrix(file: Path) -> sp.csr_matrix:
    with np.load(file) as arrays:
        return sp.csr_matrix((arrays["data"], arrays["indices"], arrays["indptr"]), tuple(arrays["shape"]))


def timed(work: Callable[[], Any]) -> tuple[Any, dict[str, float]]:
    wall, cpu = time.perf_counter(), time.process_time()
    result = work()
    return result, {
        "wall_s": round(time.perf_counter() - wall, 2),
        "cpu_s": round(time.process_time() - cpu, 2),
    }


def latencies(calls: list[Callable[[], Any]]) -> dict[str, float]:
    """Milliseconds of one call: p50 and p99, the first ones not counted."""
    for call in calls[:WARM_UP]:
        call()
    taken = []
    for call in calls:
        started = time.perf_counter()
        call()
        taken.append(1000 * (time.perf_counter() - started))
    return {f"p{q}_ms": round(float(np.percentile(taken, q)), 2) for q in (50, 99)}


def peak_mb() -> float:
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) * 1024 / 1e6


if __name__ == "__main__":
    main(*sys.argv[1:])
