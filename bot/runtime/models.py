"""Trained models in $ZHIKE_HOME/models: one folder a version, `current` points at the one in use, sha256 of every
file checked.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.errors import Problem

MANIFEST, RASA, RECOMMENDER = "manifest.json", "rasa.tar.gz", "recommender"
TRAIN = "zhike train"


class NoModel(Problem):
    """There is no usable trained model; the fix is to train."""

    def __init__(self, what: str, why: str):
        super().__init__(what, why, f"运行 {TRAIN}")


@dataclass(frozen=True)
class TrainedModel:
    """One version: `manifest` has version, made_at, language, recommender, files (relative path → sha256)."""

    folder: Path
    manifest: dict[str, Any]

    @classmethod
    def of(cls, folder: Path) -> TrainedModel:
        """The version in a folder. Raises OSError, ValueError, KeyError or TypeError for what is none."""
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        return cls(folder.resolve(), manifest)

    @property
    def version(self) -> str:
        return self.manifest["version"]

    @property
    def rasa(self) -> Path:
        return self.folder / RASA

    @property
    def recommender(self) -> Path:
        return self.folder / RECOMMENDER

    def damaged(self, names: Iterable[str] | None = None) -> list[str]:
        """Files that are missing or not what was trained, of `names` or of all."""
        expected = self.manifest["files"]
        return [
            name
            for name in (expected if names is None else names)
            if not (self.folder / name).is_file() or sha256(self.folder / name) != expected.get(name)
        ]


def sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def digests(folder: Path) -> dict[str, str]:
    """Relative path → sha256 of every file below `folder` but the manifest."""
    return {
        path.relative_to(folder).as_posix(): sha256(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != MANIFEST
    }


def current(models: Path) -> TrainedModel:
    """The model in use, its language part checked. Raises NoModel."""
    pointer = models / "current"
    if not pointer.exists():
        raise NoModel("还没有训练好的模型", f"{pointer} 不存在")
    try:
        model = TrainedModel.of(pointer)
        broken = model.damaged([RASA])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NoModel("训练好的模型不完整", f"{pointer / MANIFEST} 读不了：{error}") from None
    if broken:
        raise NoModel("训练好的模型损坏了", f"{model.rasa} 和训练时的 sha256 不一致")
    return model


def versions(models: Path) -> list[Path]:
    """The folders of all versions, the newest first."""
    found = (path for path in models.glob("[!.]*") if path.is_dir() and not path.is_symlink())
    return sorted((path for path in found if (path / MANIFEST).exists()), key=lambda path: path.name, reverse=True)


def publish(models: Path, draft: Path, manifest: dict[str, Any], keep: int) -> TrainedModel:
    """Make a finished draft folder a version and the one in use, each by one rename; drop the oldest beyond `keep`."""
    manifest = {**manifest, "files": digests(draft)}
    (draft / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1), encoding="utf-8")
    folder = models / manifest["version"]
    os.replace(draft, folder)
    pointer = models / f".current.{os.getpid()}"
    pointer.unlink(missing_ok=True)
    pointer.symlink_to(folder.name, target_is_directory=True)
    os.replace(pointer, models / "current")
    others = [path for path in versions(models) if path != folder]
    for old in others[max(0, keep - 1) :]:
        shutil.rmtree(old, ignore_errors=True)
    return TrainedModel(folder, manifest)
