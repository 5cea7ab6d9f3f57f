"""The made-up events of the suite `scale`, its measurements on little data, and how its figures are shown."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks import scale, scale_worker


@pytest.fixture(scope="module")
def little(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("scale") / "little.npz"
    matrix = scale.made(20_000, goods=500)
    np.savez(file, data=matrix.data, indices=matrix.indices, indptr=matrix.indptr, shape=matrix.shape)
    return file


def test_the_same_events_are_made_every_time():
    one, other = scale.made(20_000, goods=500), scale.made(20_000, goods=500)
    assert one.shape == (400, 500) and (one != other).nnz == 0


def test_a_few_goods_are_wanted_by_many_and_nobody_is_without():
    matrix = scale.made(20_000, goods=500)
    wanted = np.sort(np.bincount(matrix.indices, minlength=500))[::-1]
    assert wanted[:50].sum() > 0.25 * wanted.sum()
    assert np.diff(matrix.indptr).min() >= 1 and set(matrix.data.tolist()) == {1.0}


@pytest.mark.parametrize("model", ["ours, user", "ours, item", "dense"])
def test_tastes_are_found_again_by_each_model(model: str, little: Path):
    by_chance = scale_worker.N / 500
    assert scale_worker.accuracy(model, little)["hit_rate"] > 3 * by_chance


def test_lists_of_everybody_leave_out_what_they_have(little: Path):
    known = scale_worker.matrix(little)
    for model in ("ours, item", "dense"):
        ids = scale_worker.lists(model, scale_worker.fitting(model, known)(), known)()
        assert ids.shape == (400, scale_worker.N)
        assert not any(known[row, line[line >= 0]].sum() for row, line in enumerate(ids))


def test_the_page_gets_one_line_for_each_measurement_and_a_plot(tmp_path: Path):
    cost = {"wall_s": 1.5, "cpu_s": 2.5, "peak_mb": 300}
    found = {"hit_rate": 0.2, "ndcg": 0.1, "hit_rate_half": 0.01, "ndcg_half": 0.005}
    times = {"p50_ms": 0.4, "p99_ms": 0.9, "peak_mb": 300}
    size = {"customers": 2000, "goods": 20000, "pairs": 77508}
    figures = {
        "load_before": 1.2,
        "load_after": 2.2,
        "sizes": [{"events": events, **size, **cost} for events in scale.EVENTS],
        "fit": dict.fromkeys(("ours", "implicit", "similaripy"), cost),
        "everybody": dict.fromkeys(("ours", "implicit"), cost),
        "one": times,
        "dense": dict.fromkeys(("dense", "ours, user", "ours, item"), cost | found),
        "suggest": times | {"goods": 806},
    }
    result = {"made": "2026-11-25T12:00:00+00:00", "cores": 2, "figures": figures}
    head, *rows = scale.table(result["figures"])
    assert {len(row) for row in rows} == {len(head)}
    assert all("|".join(row) in scale.rendered(result).replace(" | ", "|") for row in rows)
    scale.plot(result["figures"]["sizes"], tmp_path / "plot.svg")
    assert (tmp_path / "plot.svg").read_text().count("<svg") == 1
