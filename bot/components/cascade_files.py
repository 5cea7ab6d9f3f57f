"""What intent and mood models have in common on disk: the stages of a cascade and the encoders' parts, without pickle.

Numbers go into arrays of an npz file, what people may read into entries of a JSON file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from bot.components.intent_model import DensePart, LinearReading


def cascade_arrays(dense: Mapping[str, DensePart], stages: Sequence[LinearReading]) -> dict[str, np.ndarray]:
    """The parts' means and the stages' weights, by name."""
    arrays = {f"{name}_mean": part.mean for name, part in dense.items()}
    for place, stage in enumerate(stages):
        arrays[f"stage{place}_sparse"] = stage.sparse_weights
        arrays[f"stage{place}_intercept"] = stage.intercept
        for name, weights in zip(stage.parts, stage.dense_weights, strict=True):
            arrays[f"stage{place}_{name}"] = weights
    return arrays


def cascade_entries(dense: Mapping[str, DensePart], stages: Sequence[LinearReading]) -> dict[str, Any]:
    """``dense`` and ``stages`` of the JSON file."""
    return {
        "dense": {
            name: {"encoder": part.encoder, "view": part.view, "version": part.version, "weight": part.weight}
            for name, part in dense.items()
        },
        "stages": [{"parts": stage.parts, "temperature": stage.temperature} for stage in stages],
    }


def read_cascade(
    entries: Mapping[str, Any], arrays: Mapping[str, np.ndarray]
) -> tuple[dict[str, DensePart], tuple[LinearReading, ...]]:
    """Parts by name, and stages. Raises KeyError or TypeError when something is missing."""
    dense = {name: DensePart(**entry, mean=arrays[f"{name}_mean"]) for name, entry in entries["dense"].items()}
    stages = tuple(
        LinearReading(
            tuple(entry["parts"]),
            arrays[f"stage{place}_sparse"],
            tuple(arrays[f"stage{place}_{part}"] for part in entry["parts"]),
            arrays[f"stage{place}_intercept"],
            entry["temperature"],
        )
        for place, entry in enumerate(entries["stages"])
    )
    return dense, stages
