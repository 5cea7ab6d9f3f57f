"""A saved model: `arrays.npz`, `facts.json` and `manifest.json` with their sha256. Never pickle.

Written beside its place and renamed, so that a reader sees the old model or the new one. The manifest is compared
byte for byte with what its own content gives, so a change anywhere in the folder is noticed."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import zipfile
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import scipy.sparse as sp

from recommender.errors import DamagedModel

FORMAT = 1
ARRAYS, FACTS, MANIFEST = "arrays.npz", "facts.json", "manifest.json"


def save(folder: str | Path, kind: str, arrays: dict[str, np.ndarray], facts: dict[str, Any]) -> None:
    """Writes a model of one kind. arrays: no object arrays (TypeError); facts: what JSON can hold. Raises OSError
    when it cannot."""
    folder = Path(folder)
    if objects := [name for name, array in arrays.items() if array.dtype.hasobject]:
        raise TypeError(f"object arrays would need pickle: {', '.join(objects)}")
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    files = {ARRAYS: buffer.getvalue(), FACTS: _json(facts)}
    files[MANIFEST] = _manifest(kind, {name: hashlib.sha256(data).hexdigest() for name, data in files.items()})
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = folder.with_name(f".{folder.name}.{uuid4().hex}")
    fresh.mkdir()
    try:
        for name, data in files.items():
            with open(fresh / name, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        old = folder.with_name(f".{folder.name}.{uuid4().hex}.old")
        if folder.exists():
            os.rename(folder, old)
        try:
            os.rename(fresh, folder)
        except OSError:
            if old.exists():
                os.rename(old, folder)
            raise
        shutil.rmtree(old, ignore_errors=True)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def load(folder: str | Path, kind: str) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """(arrays, facts) of a model saved as `kind`. Raises DamagedModel."""
    folder = Path(folder)
    try:
        files = {name: (folder / name).read_bytes() for name in (ARRAYS, FACTS, MANIFEST)}
    except OSError as error:
        raise _damaged(folder, f"读不到文件 {error.filename}（{error.strerror}）") from error
    try:
        manifest = json.loads(files[MANIFEST])
        saved_kind, version, sums = str(manifest["kind"]), manifest["format"], manifest["sha256"]
    except (ValueError, KeyError, TypeError) as error:
        raise _damaged(folder, f"{MANIFEST} 读不懂") from error
    if version != FORMAT or saved_kind != kind:
        raise _damaged(folder, f"这里是 {saved_kind}（格式 {version}），需要的是 {kind}（格式 {FORMAT}）")
    if files[MANIFEST] != _manifest(kind, {name: hashlib.sha256(files[name]).hexdigest() for name in (ARRAYS, FACTS)}):
        wrong = [
            name
            for name in (ARRAYS, FACTS)
            if not isinstance(sums, dict) or sums.get(name) != hashlib.sha256(files[name]).hexdigest()
        ]
        raise _damaged(folder, f"{'、'.join(wrong or [MANIFEST])} 的 sha256 对不上，文件被改动过或没有写完")
    try:
        with np.load(io.BytesIO(files[ARRAYS]), allow_pickle=False) as stored:
            return {name: stored[name] for name in stored.files}, json.loads(files[FACTS])
    except (ValueError, zipfile.BadZipFile, KeyError) as error:
        raise _damaged(folder, str(error)) from error


def csr_arrays(name: str, matrix: sp.csr_matrix) -> dict[str, np.ndarray]:
    """A CSR matrix as arrays to save under `name`."""
    return {
        f"{name}_data": matrix.data,
        f"{name}_indices": matrix.indices,
        f"{name}_indptr": matrix.indptr,
        f"{name}_shape": np.array(matrix.shape, np.int64),
    }


def csr_of(name: str, arrays: dict[str, np.ndarray]) -> sp.csr_matrix:
    """The matrix that `csr_arrays` took apart."""
    return sp.csr_matrix(
        (arrays[f"{name}_data"], arrays[f"{name}_indices"], arrays[f"{name}_indptr"]),
        shape=tuple(int(n) for n in arrays[f"{name}_shape"]),
    )


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def _manifest(kind: str, sums: dict[str, str]) -> bytes:
    return json.dumps({"kind": kind, "format": FORMAT, "sha256": sums}, sort_keys=True, indent=1).encode()


def _damaged(folder: Path, why: str) -> DamagedModel:
    return DamagedModel(f"推荐模型 {folder.name} 不能用：{why}。请重新训练：zhike train（或换回上一个模型文件夹）。")
