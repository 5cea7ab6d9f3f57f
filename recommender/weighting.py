"""Weights for rows that are to be compared: what many of them share says less about who is like whom.

The rows are documents and the columns terms. When customers are compared the terms are the goods, so that a
best-seller in common counts for little; when goods are compared the terms are the customers, so that somebody who
buys everything does.
"""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

_K1, _B = 1.2, 0.75  # Robertson and Zaragoza 2009, section 3.7


def tfidf(rows: sp.csr_matrix, known: sp.csr_matrix) -> sp.csr_matrix:
    """x_ij · (1 + ln((1 + N) / (1 + df_j))), df_j of the N rows of `known` having an entry in column j. CSR float64."""
    if not rows.shape[0] or not known.nnz:
        return sp.csr_matrix(rows, dtype=np.float64)
    from sklearn.feature_extraction.text import TfidfTransformer  # slow to import and only needed to weight

    return sp.csr_matrix(TfidfTransformer(norm=None).fit(known).transform(rows.astype(np.float64)))


def bm25(rows: sp.csr_matrix, known: sp.csr_matrix) -> sp.csr_matrix:
    """x_ij (k₁ + 1) / (|x_ij| + k₁ (1 − b + b l_i / l̄)) · ln(1 + (N − df_j + ½) / (df_j + ½)), l_i = Σ_j |x_ij|,
    N, df_j and the mean length l̄ of `known`, k₁ = 1.2, b = 0.75 (Robertson and Zaragoza 2009; the logarithm as in
    Lucene, so that it is never negative). CSR float64."""
    weighted = sp.csr_matrix(rows, dtype=np.float64, copy=True)
    if not known.nnz:
        return weighted
    mean_length = abs(known).sum() / known.shape[0]
    having = np.bincount(known.indices, minlength=known.shape[1])
    rarity = np.log1p((known.shape[0] - having + 0.5) / (having + 0.5))
    length = np.asarray(abs(weighted).sum(axis=1)).ravel()
    size = np.repeat(_K1 * (1 - _B + _B * length / mean_length), np.diff(weighted.indptr))
    weighted.data *= (_K1 + 1) / (np.abs(weighted.data) + size) * rarity[weighted.indices]
    return weighted


SCHEMES = {"none": lambda rows, known: rows, "tfidf": tfidf, "bm25": bm25}
"""Name → function of (rows (m, d), known (n, d), both CSR): the weighted rows, counts taken from `known`."""
