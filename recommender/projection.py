"""The plane in which customers differ most: principal components (Pearson 1901) of the standardised features."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_TOLD = 4  # features that say what an axis means
_LEAST = 0.15  # weight below which a feature is not part of that


@dataclass(frozen=True)
class Axis:
    """explained: share of the variance along it, 0 to 1. loadings: the features that it means, with their weights in
    the unit vector, the largest first; a positive one grows to the right or upwards."""

    explained: float
    loadings: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Projection:
    """points: float64 (customers, 2). centre: float64 (columns,). components: float64 (2, columns), unit vectors, 0
    where there are fewer dimensions."""

    points: np.ndarray
    axes: tuple[Axis, Axis]
    centre: np.ndarray
    components: np.ndarray

    def place(self, standard: np.ndarray) -> np.ndarray:
        """Where other rows lie in the plane, (rows, 2)."""
        return (standard - self.centre) @ self.components.T


def project(standard: np.ndarray, names: tuple[str, ...]) -> Projection | None:
    """standard: float64 (customers, columns), see Segments.standardised. None for fewer than two different customers.
    The axes point so that each one's strongest loading is positive."""
    from sklearn.decomposition import PCA

    if len(standard) < 2 or np.ptp(standard, axis=0).max(initial=0) < 1e-9:
        return None
    fitted = PCA(min(2, *standard.shape), svd_solver="full").fit(standard)
    components, explained = np.zeros((2, standard.shape[1])), np.zeros(2)
    components[: len(fitted.components_)] = fitted.components_
    explained[: len(fitted.components_)] = fitted.explained_variance_ratio_
    strongest = components[np.arange(2), np.abs(components).argmax(axis=1)]
    components *= np.where(strongest < 0, -1.0, 1.0)[:, None]
    axes = tuple(_axis(share, line, names) for share, line in zip(explained, components, strict=True))
    return Projection((standard - fitted.mean_) @ components.T, axes, fitted.mean_, components)


def _axis(explained: float, component: np.ndarray, names: tuple[str, ...]) -> Axis:
    order = np.argsort(-np.abs(component), kind="stable")[:_TOLD]
    told = tuple((names[place], round(float(component[place]), 4)) for place in order)
    return Axis(round(float(explained), 4), tuple(one for one in told if abs(one[1]) >= _LEAST))
