"""Intent models on disk: ``model.json`` for what people may read, ``arrays.npz`` for numbers and vocabularies.

Nothing is pickled: a model file can hold no code.
"""

from __future__ import annotations

import json
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from bot.components.cascade_files import cascade_arrays, cascade_entries, read_cascade
from bot.components.features import NgramBlock, NgramFeatures
from bot.components.intent_model import IntentModel
from bot.errors import Problem

_FORMAT = 3


class UnreadableModel(Problem):
    """The model's files are damaged, incomplete or of another version; the message says what to do."""


def save(model: IntentModel, folder: Path) -> None:
    """Writes both files into ``folder`` (made if missing); floats go as float32."""
    folder.mkdir(parents=True, exist_ok=True)
    arrays: dict[str, np.ndarray] = {}
    for block in model.ngrams.blocks:
        ngrams = sorted(block.vocabulary, key=block.vocabulary.__getitem__)
        arrays[f"{block.kind}_vocabulary"] = np.frombuffer("\n".join(ngrams).encode(), dtype=np.uint8)
        arrays[f"{block.kind}_idf"] = block.idf
    arrays |= cascade_arrays(model.dense, model.stages)
    np.savez(folder / "arrays.npz", **arrays)
    description = {
        "format": _FORMAT,
        "intents": model.intents,
        "blocks": [
            {"kind": block.kind, "longest": block.longest, "weight": block.weight} for block in model.ngrams.blocks
        ],
        **cascade_entries(model.dense, model.stages),
        "sure": model.sure,
        "unknown": model.unknown,
        "facts": model.facts,
    }
    (folder / "model.json").write_text(json.dumps(description, ensure_ascii=False, indent=1), encoding="utf-8")


def load(folder: Path) -> IntentModel:
    """The saved model. Raises UnreadableModel."""
    try:
        description = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        if description["format"] != _FORMAT:
            raise _unreadable(folder, f"格式版本是 {description['format']}，需要 {_FORMAT}")
        with np.load(folder / "arrays.npz", allow_pickle=False) as stored:
            arrays = dict(stored)
        blocks = tuple(_block(entry, arrays) for entry in description["blocks"])
        dense, stages = read_cascade(description, arrays)
        return IntentModel(
            tuple(description["intents"]),
            NgramFeatures(blocks),
            dense,
            stages,
            tuple(description["sure"]),
            description["unknown"],
            description["facts"],
        )
    except (OSError, ValueError, KeyError, EOFError, TypeError, BadZipFile) as error:
        raise _unreadable(folder, str(error)) from error


def _unreadable(folder: Path, why: str) -> UnreadableModel:
    return UnreadableModel(f"意图模型读不出来（{folder.name}）", why, "重新训练：zhike train")


def _block(entry: dict, arrays: dict[str, np.ndarray]) -> NgramBlock:
    ngrams = arrays[f"{entry['kind']}_vocabulary"].tobytes().decode().split("\n")
    vocabulary = {ngram: column for column, ngram in enumerate(ngrams)}
    return NgramBlock(entry["kind"], entry["longest"], entry["weight"], vocabulary, arrays[f"{entry['kind']}_idf"])
