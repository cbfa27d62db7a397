"""One common factor behind a few items, by maximum likelihood."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize

from alliance.analysis.checking import Floats, table

__all__ = ["OneFactor", "one_factor"]

FLOOR = 0.005
"""No item is taken to be without error: at least so much of its variance is its own."""
TRACE = 1e-9


@dataclass(frozen=True, slots=True)
class OneFactor:
    """Loadings and uniquenesses (own variances), in the items’ units; `proper`: none at its floor."""

    loadings: tuple[float, ...]
    uniquenesses: tuple[float, ...]
    proper: bool

    @property
    def omega(self) -> float:
        """(Σλ)²/((Σλ)² + Σθ): the factor’s share in the variance of the sum, 0–1."""
        common = sum(self.loadings) ** 2
        return common / (common + sum(self.uniquenesses))


def one_factor(covariance: ArrayLike) -> OneFactor:
    """The one-factor model Σ = λλᵀ + diag(θ) of a covariance or correlation matrix, by maximum likelihood.

    For three items in closed form where that is proper: λ₁² = s₁₂ s₁₃/s₂₃ and so on (Spearman 1904). Otherwise
    the likelihood given θ is maximised over θ (Jöreskog 1967, Psychometrika 32:443), each θ between .005 and 1
    of its item’s variance. The loadings’ sign is such that their sum is not negative. Rescaling an item
    rescales its loading and leaves the rest.

    `covariance`: square, symmetric, at least three items, no variance of 0. Raises ValueError for anything
    else, for NaN, and for a matrix that no items could have.
    """
    matrix = table(covariance, "covariances", 3)
    if matrix.shape[0] != matrix.shape[1] or not np.allclose(matrix, matrix.T, rtol=1e-8, atol=0):
        raise ValueError("The covariances must be a symmetric, square table.")
    variances = np.diag(matrix)
    if np.isnan(matrix).any() or not (variances > 0).all():
        raise ValueError("Every item must vary, and every covariance must be known.")
    scales = np.sqrt(variances)
    correlations = matrix / np.outer(scales, scales)
    if np.linalg.eigvalsh(correlations)[0] < -1e-8:
        raise ValueError("No items could have these covariances: they contradict one another.")
    own = _of_three(correlations) if len(matrix) == 3 else None
    if own is None:  # the trace of error keeps the likelihood finite where two items are one
        own = _most_likely(correlations * (1.0 - TRACE) + TRACE * np.eye(len(matrix)))
    loadings = _loadings(correlations, own) * scales
    if loadings.sum() < 0:
        loadings = -loadings
    return OneFactor(
        tuple(loadings.tolist()), tuple((own * variances).tolist()), bool((own > FLOOR * 1.001).all())
    )


def _of_three(correlations: Floats) -> Floats | None:
    """The uniquenesses that reproduce three correlations exactly; None where they would break their bounds."""
    a, b, c = correlations[0, 1], correlations[0, 2], correlations[1, 2]
    if a * b * c <= 0:
        return None
    own = 1.0 - np.array([a * b / c, a * c / b, b * c / a])
    return own if ((own >= FLOOR) & (own <= 1.0)).all() else None


def _loadings(correlations: Floats, own: Floats) -> Floats:
    root = np.sqrt(own)
    values, vectors = np.linalg.eigh(correlations / np.outer(root, root))
    return np.asarray(root * vectors[:, -1] * np.sqrt(max(float(values[-1]) - 1.0, 0.0)))


def _most_likely(correlations: Floats) -> Floats:
    def misfit(own: Floats) -> tuple[float, Floats]:
        """Minus twice the log likelihood but for a constant, and its slope in each uniqueness."""
        root = np.sqrt(own)
        values, vectors = np.linalg.eigh(correlations / np.outer(root, root))
        rest = np.maximum(values[:-1], TRACE / 10.0)
        factor = root * vectors[:, -1] * np.sqrt(max(float(values[-1]) - 1.0, 0.0))
        slope = (factor**2 + own - 1.0) / own**2
        return float((rest - np.log(rest) - 1.0).sum()), slope

    count = len(correlations)
    closest = (correlations - np.eye(count)) ** 2
    starts = (np.clip(1.0 - closest.max(axis=1), 0.1, 0.995), np.full(count, 0.5))
    found = [
        optimize.minimize(
            misfit, start, jac=True, method="L-BFGS-B", bounds=[(FLOOR, 1.0)] * count, options={"ftol": 1e-14}
        )
        for start in starts
    ]
    return np.asarray(min(found, key=lambda each: float(each.fun)).x, dtype=np.float64)
