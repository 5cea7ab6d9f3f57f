"""Questions that mean the same, put together by the likeness by which the FAQ is searched."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from actions.faq_hybrid import HybridIndex
from actions.faq_match import Index
from actions.faq_model import TextEncoder, Wordings, kernel
from actions.faq_text import normalise, plain

#: Of pairs at least as alike as those put together, the share that must mean the same; measured on the FAQ's wordings.
_SAME = 0.8
#: Wordings looked at for that: pairs go with the square.
_MEASURED = 2_000


def groups_of(texts: Sequence[str], index: Index, encoders: Sequence[TextEncoder]) -> list[list[int]]:
    """Places of texts that mean the same, in order of their first. By letters alone where the index is."""
    letters: dict[str, list[int]] = {}
    for place, text in enumerate(texts):
        letters.setdefault(normalise(text) or text, []).append(place)
    same = list(letters.values())
    if not isinstance(index, HybridIndex) or len(same) < 2:
        return same
    from sklearn.cluster import AgglomerativeClustering

    wordings = index.model.wordings
    alike = _likeness(wordings, [plain(texts[places[0]]) for places in same], encoders)
    clusters = AgglomerativeClustering(
        n_clusters=None,
        affinity="precomputed",
        linkage="average",
        distance_threshold=1.0 - alike_enough(wordings),
    ).fit_predict(1.0 - alike)
    found: dict[int, list[int]] = {}
    for cluster, places in zip(clusters.tolist(), same, strict=True):
        found.setdefault(cluster, []).extend(places)
    return [sorted(places) for places in found.values()]


def alike_enough(wordings: Wordings) -> float:
    """The likeness (of the kernel, at most 1) from which four of five pairs of the FAQ's wordings share an entry."""
    rows = np.linspace(0, len(wordings.owner) - 1, min(_MEASURED, len(wordings.owner))).astype(int)
    vectors = [encodings[rows] for encodings in wordings.encodings.values()]
    letters = (wordings.letters[rows] @ wordings.letters[rows].T).toarray()
    pairs = np.triu_indices(len(rows), 1)
    alike = kernel(letters, [one @ one.T for one in vectors])[pairs]
    same = (wordings.owner[rows][:, None] == wordings.owner[rows])[pairs]
    order = np.argsort(-alike)
    share = np.cumsum(same[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(share >= _SAME)
    return float(alike[order[enough[-1]]]) if len(enough) else 1.0


def _likeness(wordings: Wordings, texts: Sequence[str], encoders: Sequence[TextEncoder]) -> np.ndarray:
    letters = wordings.characters.transform([normalise(text) for text in texts])
    vectors = [wordings.vectors_of(encoder.name, encoder.encode_wordings(texts)) for encoder in encoders]
    return kernel((letters @ letters.T).toarray(), [one @ one.T for one in vectors])
