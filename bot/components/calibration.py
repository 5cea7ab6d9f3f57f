"""Calibration of decision values on messages kept apart (Guo et al. 2017, arXiv:1706.04599)."""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize_scalar

from bot.components.intent_model import softmax


def temperature(decision: np.ndarray, truth: np.ndarray, weights: np.ndarray | None = None) -> float:
    """The multiplier of ``decision`` (n, k) before the softmax that makes the classes ``truth`` (n,) likeliest.

    ``weights``: (n,), what each message counts; all the same when not given.
    """

    def loss(log_heat: float) -> float:
        chosen = softmax(decision * np.exp(log_heat))[np.arange(len(truth)), truth]
        return float(np.average(-np.log(np.maximum(chosen, 1e-12)), weights=weights))

    return float(np.exp(minimize_scalar(loss, bounds=(-2.0, 4.0), method="bounded").x))
