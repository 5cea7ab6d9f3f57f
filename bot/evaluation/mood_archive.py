"""The mood's part of a trained archive. Reviews are long, and nearly all of the time to read one goes into sentence
encoders, which the mood does not look at.
"""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path

NORMALISER = "bot.components.normaliser.Normaliser"
MOOD = "bot.components.sentiment.SentimentClassifier"
_METADATA = "metadata.json"


def only_moods(archive: Path, folder: Path) -> Path:
    """Writes into `folder` an archive in which a message goes from the normaliser straight to the mood; its path."""
    part = folder / archive.name
    with tarfile.open(archive) as whole, tarfile.open(part, "w:gz") as kept:
        metadata = json.load(whole.extractfile(_METADATA))  # type: ignore[arg-type]
        nodes = metadata["predict_schema"]["nodes"]
        normaliser, mood = (
            next(name for name, node in nodes.items() if node["uses"] == component) for component in (NORMALISER, MOOD)
        )
        nodes[mood]["needs"]["messages"] = normaliser
        nodes[metadata["nlu_target"]]["needs"]["messages"] = mood
        _add(kept, _METADATA, json.dumps(metadata).encode("utf-8"))
        for member in whole:
            if member.isfile() and member.name.startswith(f"components/{nodes[mood]['resource']['name']}/"):
                _add(kept, member.name, whole.extractfile(member).read())  # type: ignore[union-attr]
    return part


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(content)
    archive.addfile(member, io.BytesIO(content))
