"""How well the models rank, on public data sets with the splits and the measures that published figures use.

neumf_ml1m and cmn_citeulike_a: one held-out item and 99 or 100 negatives a customer, as distributed (NeuMF, CMN).
ml100k: a random quarter of each customer's ratings held out, all items ranked, as Microsoft Recommenders does. Ties are
decided against the held-out item everywhere. The data is looked for in ../shared/data.

The settings below were chosen without the held-out part, on a split of the training part alone: one random item of
each customer against random negatives, or another random quarter. `python -m benchmarks.ranking` prints the figures of
that choice, of all candidates.
"""

from __future__ import annotations

import gzip
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp

from recommender import BlendRecommender, CosineRecommender, EaseRecommender, FactorRecommender, Popularity, Recommender
from recommender import evaluation as measure

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
N, SEED = 10, 20260
_CELLS = 4_000_000  # scores held at a time


@dataclass(frozen=True)
class Split:
    """train: users × items. wanted: (users, items), the held-out items; rows without any are not asked about.
    negatives: user → item numbers that they are ranked among; None: all items not in train."""

    train: sp.csr_matrix
    wanted: sp.csr_matrix
    negatives: dict[int, np.ndarray] | None = None


# --- the splits ------------------------------------------------------------------------------------------


def neumf_ml1m() -> Split:
    folder = DATA / "neumf_ml1m"
    pairs = np.loadtxt(folder / "ml-1m.train.rating.gz", dtype=np.int64)
    rows = [line.split("\t") for line in (folder / "ml-1m.test.negative").read_text().splitlines()]
    held = [tuple(map(int, row[0].strip("()").split(","))) for row in rows]
    return _sampled(pairs, held, [np.array(row[1:], np.int64) for row in rows])


def cmn_citeulike_a() -> Split:
    folder = DATA / "cmn_citeulike_a"
    pairs = np.loadtxt(folder / "train.tsv.gz", dtype=np.int64)
    text = gzip.decompress((folder / "test_negative.tsv.gz").read_bytes()).decode()
    rows = [line.split("\t") for line in text.splitlines()]
    negatives = [np.array(row[2].split(), np.int64) for row in rows]
    return _sampled(pairs, [(int(row[0]), int(row[1])) for row in rows], negatives)


def _sampled(pairs: np.ndarray, held: list[tuple[int, int]], negatives: list[np.ndarray]) -> Split:
    """A held-out item that stands among its own negatives counts once: `measure.ranks` leaves it out of them."""
    items = 1 + max(pairs[:, 1].max(), max(item for _, item in held), max(line.max() for line in negatives))
    shape = (1 + int(max(pairs[:, 0].max(), max(user for user, _ in held))), int(items))
    wanted = _matrix(np.array(held), shape)
    return Split(_matrix(pairs, shape), wanted, {u: line for (u, _), line in zip(held, negatives, strict=True)})


def ml100k() -> Split:
    """All ratings count alike."""
    read = np.loadtxt(DATA / "ml100k" / "ml-100k.inter", skiprows=1, usecols=(0, 1), dtype=np.int64)
    pairs = np.column_stack([np.unique(column, return_inverse=True)[1] for column in read.T])
    return _quarter(_matrix(pairs, tuple(pairs.max(axis=0) + 1)), SEED)


def _matrix(pairs: np.ndarray, shape: tuple[int, int]) -> sp.csr_matrix:
    matrix = sp.csr_matrix((np.ones(len(pairs), np.float32), (pairs[:, 0], pairs[:, 1])), shape)
    matrix.data[:] = 1
    return matrix


def _quarter(matrix: sp.csr_matrix, seed: int) -> Split:
    """A random quarter of each row is held out."""
    rng, held = np.random.default_rng(seed), np.zeros(matrix.nnz, bool)
    for row in range(matrix.shape[0]):
        entries = rng.permutation(np.arange(matrix.indptr[row], matrix.indptr[row + 1]))
        held[entries[round(0.75 * entries.size) :]] = True
    return Split(_kept(matrix, ~held), _kept(matrix, held))


def _one_each(split: Split, seed: int) -> Split:
    """Of the training part alone: one random item of each customer against as many random items as in the split."""
    rng, matrix = np.random.default_rng(seed), split.train
    count = len(next(iter(split.negatives.values())))
    held, negatives = np.zeros(matrix.nnz, bool), {}
    for row in np.flatnonzero(np.diff(matrix.indptr) > 1):
        own = matrix.indices[matrix.indptr[row] : matrix.indptr[row + 1]]
        held[matrix.indptr[row] + rng.integers(own.size)] = True
        others = np.setdiff1d(rng.choice(matrix.shape[1], min(matrix.shape[1], count + own.size), replace=False), own)
        negatives[int(row)] = rng.permutation(others)[:count]
    return Split(_kept(matrix, ~held), _kept(matrix, held), negatives)


def _kept(matrix: sp.csr_matrix, entries: np.ndarray) -> sp.csr_matrix:
    part = matrix.copy()
    part.data = part.data * entries
    part.eliminate_zeros()
    return part


# --- the models ------------------------------------------------------------------------------------------
KINDS: dict[str, Callable[..., Recommender]] = {
    "item cosine": lambda **options: CosineRecommender("item", **options),
    "user cosine": lambda **options: CosineRecommender("user", **options),
    "EASE": EaseRecommender,
    "ridge": lambda **options: EaseRecommender(diagonal="free", **options),
    "factors": FactorRecommender,
    "short factors": FactorRecommender,
}


@dataclass(frozen=True)
class Suite:
    """split: reads it. inner: a split of its training part alone, to choose on. published: what others report. tried:
    kind → options tried, the chosen ones first. weights: of the kinds in the blend, tried, the chosen ones first."""

    split: Callable[[], Split]
    inner: Callable[[Split], Split]
    published: str
    tried: dict[str, list[dict[str, Any]]]
    weights: list[dict[str, float]]

    def models(self) -> dict[str, Recommender]:
        """The baseline, both cosines by the plain formula, each kind as chosen, and the blend."""
        kinds = {kind: KINDS[kind](**options[0]) for kind, options in self.tried.items()}
        chosen = self.weights[0]
        parts = [KINDS[kind](**self.tried[kind][0]) for kind in chosen]
        plain = {f"plain {kind} cosine": CosineRecommender(kind) for kind in ("item", "user")}
        return {"TopPop": Popularity(), **plain, **kinds, "blend": BlendRecommender(parts, list(chosen.values()))}


SUITES = {
    "neumf_ml1m": Suite(
        neumf_ml1m,
        lambda split: _one_each(split, SEED),
        "ItemKNN .6596/.3900, UserKNN .6705/.3908, PureSVD .6896/.4294 (arXiv:1907.06902); NeuMF .730/.447",
        {
            "item cosine": [{"weighting": "bm25"}, {"weighting": "bm25", "popularity_damping": 0.2}, {}],
            "user cosine": [
                {"neighbours": 80, "popularity_damping": 0.2, "weighting": "tfidf"},
                {"neighbours": 80, "popularity_damping": 0.2},
                {"neighbours": 80, "popularity_damping": 0.3},
            ],
            "EASE": [{"reg": reg, "customer_damping": 0.5} for reg in (80, 40)],
            "ridge": [{"reg": reg, "item_damping": 0.5} for reg in (60, 30)],
            "factors": [{"factors": 128, "unseen_weight": 0.2, "reg": 0.005}],
            "short factors": [{"factors": 64, "unseen_weight": 0.2, "reg": 0.005}],
        },
        [
            {"EASE": 1, "ridge": 1, "factors": 1, "short factors": 1},
            {"EASE": 1, "ridge": 1, "factors": 2},
            {"EASE": 1, "ridge": 1, "short factors": 2},
            {"EASE": 1, "ridge": 1, "factors": 1},
            {"EASE": 1, "ridge": 1},
            {"EASE": 1, "ridge": 1, "factors": 2, "user cosine": 0.5},
        ],
    ),
    "cmn_citeulike_a": Suite(
        cmn_citeulike_a,
        lambda split: _one_each(split, SEED),
        "UserKNN .8935/.7268, RP3beta .8941/.7347 (arXiv:1907.06902)",
        {
            "item cosine": [
                {"neighbours": 1000, "weighting": "bm25"},
                {"neighbours": 1000, "weighting": "tfidf"},
                {"neighbours": 1000, "weighting": "bm25", "popularity_damping": 0.3},
            ],
            "user cosine": [
                {"neighbours": 400, "weighting": "bm25", "popularity_damping": 0.5},
                {"neighbours": 400, "weighting": "bm25", "popularity_damping": 0.7},
                {"neighbours": 1000, "weighting": "bm25", "popularity_damping": 0.3},
                {"neighbours": 1000, "weighting": "bm25", "popularity_damping": 0.6},
                {"neighbours": 1000, "weighting": "tfidf", "popularity_damping": 0.3},
            ],
            "EASE": [{"reg": reg, "customer_damping": 0.5} for reg in (60, 150)],
            "ridge": [{"reg": reg, "item_damping": 0.5} for reg in (60, 150)],
            "factors": [{"factors": 64, "unseen_weight": 0.05, "reg": 0.02, "rounds": 6}],
        },
        [
            {"user cosine": 3, "EASE": 1, "factors": 1},
            {"user cosine": 2, "EASE": 1},
            {"user cosine": 2, "factors": 1},
            {"EASE": 1, "item cosine": 1},
            {"EASE": 1, "item cosine": 1, "user cosine": 1},
            {"EASE": 1, "item cosine": 2, "user cosine": 2},
        ],
    ),
    "ml100k": Suite(
        ml100k,
        lambda split: _quarter(split.train, SEED + 1),
        "SAR .382, BiVAE .475 (Microsoft Recommenders, NDCG)",
        {
            "item cosine": [{"weighting": "bm25"}, {}, {"weighting": "bm25", "popularity_damping": 0.2}],
            "user cosine": [{"neighbours": k, "popularity_damping": p} for k, p in ((150, 0.2), (80, 0.2), (80, 0.0))],
            "EASE": [{"reg": reg, "customer_damping": 0.5} for reg in (60, 100)],
            "ridge": [{"reg": reg, "item_damping": 0.5} for reg in (60, 100)],
            "factors": [{"factors": f, "unseen_weight": 0.2, "reg": 0.01} for f in (32, 64)],
        },
        [
            {"EASE": 1, "ridge": 1, "factors": 1},
            {"EASE": 1, "ridge": 1, "factors": 2},
            {"EASE": 1, "ridge": 1},
        ],
    ),
}


# --- the figures -----------------------------------------------------------------------------------------


def evaluated(split: Split, score: Callable[[np.ndarray], np.ndarray]) -> measure.Values:
    """score: from user numbers to scores of all items."""
    held = np.diff(split.wanted.indptr)
    asked, places = np.flatnonzero(held), []
    step = max(1, _CELLS // split.train.shape[1])
    for start in range(0, asked.size, step):
        rows = asked[start : start + step]
        candidates = np.zeros((rows.size, split.train.shape[1]), bool)
        if split.negatives is None:
            candidates[:] = split.train[rows].toarray() == 0
        else:
            for line, row in enumerate(rows):
                candidates[line, split.negatives[int(row)]] = True
        places += measure.ranks(score(rows), split.wanted[rows], candidates)
    return measure.values(places, held[asked], N)


def run(work: Path) -> dict[str, Any]:
    """Accuracy of every model on every split; {"missing": …} for data that is not there."""
    found: dict[str, Any] = {}
    for name, suite in SUITES.items():
        if not (DATA / name).is_dir():
            found[name] = {"missing": f"no public data at {DATA / name}"}
            continue
        split = suite.split()
        models = {model: _timed(split, one) for model, one in suite.models().items()}
        models["dense cosine"] = _timed(split, None)
        found[name] = {"published": suite.published, "models": models}
    return found


def _timed(split: Split, model: Recommender | None) -> dict[str, Any]:
    """None: the textbook's cosine in dense matrices."""
    started = time.perf_counter()
    score = model.fit(split.train).score if model else measure.dense_user_cosine(split.train).__getitem__
    seconds = time.perf_counter() - started
    return {"fit_s": round(seconds, 2), **asdict(evaluated(split, score).accuracy())}


def table(figures: dict[str, Any]) -> list[list[str]]:
    rows = [["data", "model", f"HR@{N}", f"NDCG@{N}", f"recall@{N}", "MRR", "fit, s"]]
    for name, found in figures.items():
        if "missing" in found:
            rows.append([name, found["missing"], *[""] * 5])
            continue
        for model, one in found["models"].items():
            cells = [_interval(one[key]) for key in ("hit_rate", "ndcg", "recall", "mrr")]
            rows.append([name, model, *cells, f"{one['fit_s']:.1f}"])
        rows.append([name, f"published: {found['published']}", *[""] * 5])
    return rows


def _interval(mean: dict[str, Any]) -> str:
    return f"{mean['value']:.4f} ±{(mean['high'] - mean['low']) / 2:.4f}"


def choose(names: list[str]) -> None:
    """Prints how each candidate does on the inner split: what the settings above were chosen by (NDCG)."""
    for name in names or list(SUITES):
        suite = SUITES[name]
        inner = suite.inner(suite.split())
        fitted: dict[str, Recommender] = {}
        for kind, tried in suite.tried.items():
            for options in tried:
                model = KINDS[kind](**options).fit(inner.train)
                fitted.setdefault(kind, model)
                _print_choice(name, kind, options, inner, model)
        for weights in suite.weights:
            blend = BlendRecommender([fitted[kind] for kind in weights], list(weights.values()))
            blend.matrix = inner.train  # its models are fitted already
            _print_choice(name, "blend", weights, inner, blend)


def _print_choice(name: str, kind: str, options: dict[str, Any], inner: Split, model: Recommender) -> None:
    accuracy = evaluated(inner, model.score).accuracy()
    print(f"{name} {kind} {options}: HR {accuracy.hit_rate.value:.4f}, NDCG {accuracy.ndcg.value:.4f}", flush=True)


if __name__ == "__main__":
    choose(sys.argv[1:])
