"""A therapist’s mean of a month and of a year from sums over patients, with what chance could have moved it.

In a month every patient counts the same, however often that patient answered; in a year every patient’s month
does. So a year is a weighted mean of its months as they were shown, and tells nothing that they do not.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from alliance.analysis.checking import Labels, alike, codes, counts, number, series
from alliance.analysis.prior import DEFAULT, DEFAULT_RATINGS
from alliance.analysis.therapists import TherapistMean

__all__ = ["ASSUMED", "Components", "MonthMean", "components", "mean_of_month", "mean_of_year"]

LEAST_VARIANCE = 1.0
"""Points²: ratings that never vary are taken to say that they hardly do."""


class Components(NamedTuple):
    """Variance between the patients of one therapist, and between one patient’s sessions, points²."""

    patient: float
    session: float


ASSUMED = Components(DEFAULT.tau2, DEFAULT.s0sq)
"""Until a clinic’s own answers tell them apart."""


class MonthMean(NamedTuple):
    """A month as it is shown: `mean` in points, over how many `patients`."""

    mean: float
    patients: int


def components(therapists: Labels, answers: ArrayLike, sums: ArrayLike, squares: ArrayLike) -> Components:
    """Both variances from each patient’s number of answers, their sum and the sum of their squares.

    Analysis of variance with patients within therapists, of any sizes, as in `nested_variances`, which needs
    the single answers: σ²_session = Σ(q_i − s_i²/n_i)/(N−B), and σ²_patient from the sum of squares between
    patients, Σ s_i²/n_i − Σ_j S_j²/N_j = (N−k₁₂) σ²_patient + (B−A) σ²_session, k₁₂ = Σ_j Σ_i n_i²/N_j
    (Searle, Casella & McCulloch 1992, Variance Components). `ASSUMED` where no therapist has two patients or
    none of the patients two answers.

    `therapists`: one label a patient; `answers`: at least 1 each; `sums` and `squares`: points, points². Raises
    ValueError for anything else.
    """
    if np.size(answers) == 0:
        return ASSUMED
    n = counts(answers, "numbers of answers", smallest=1)
    s, q = series(sums, "sums"), series(squares, "sums of squares")
    alike(s, n, "numbers of answers as sums")
    alike(q, n, "numbers of answers as sums of squares")
    group = codes(therapists, n.size)
    size = np.bincount(group, n)
    total, patients, groups = float(n.sum()), n.size, size.size
    if patients == groups or total == patients:
        return ASSUMED
    own = s**2 / n
    session = max(float((q - own).sum()) / (total - patients), LEAST_VARIANCE)
    between = float(own.sum() - (np.bincount(group, s) ** 2 / size).sum())
    k12 = float((np.bincount(group, n**2) / size).sum())
    patient = (between - (patients - groups) * session) / (total - k12)
    return Components(max(patient, 0.0), session)


def mean_of_month(means: ArrayLike, answers: ArrayLike, parts: Components) -> TherapistMean:
    """The mean over patients’ own means x̄_i, and its variance (P σ²_patient + c σ²_session Σ 1/n_i)/P².

    c = (1+φ)/(1−φ) allows for sessions that hang together; φ is that of the ratings-only design. `means`: points,
    at least one; `answers`: how many each rests on, at least 1. Raises ValueError for anything else.
    """
    x, n = series(means, "patients’ means"), counts(answers, "numbers of answers", smallest=1)
    alike(x, n, "numbers of answers as patients’ means")
    spread = x.size * parts.patient + _apart(parts) * float((1.0 / n).sum())
    return TherapistMean(float(x.mean()), spread / x.size**2, x.size)


def mean_of_year(
    months: Sequence[MonthMean], months_of_patients: ArrayLike, answers: ArrayLike, parts: Components
) -> TherapistMean:
    """Σ_m P_m y_m/K over a therapist’s months y_m with P_m patients, K = Σ P_m, and its variance
    (σ²_patient Σ_i k_i² + c σ²_session Σ_im 1/n_im)/K²: the same patients in several months are no new patients.

    `months_of_patients`: k_i, in how many of the months each patient answered; `answers`: n_im, one a patient and
    month. Raises ValueError where there is none.
    """
    if not months:
        raise ValueError("A year needs at least one month.")
    k = counts(months_of_patients, "numbers of months", smallest=1)
    n = counts(answers, "numbers of answers", smallest=1)
    weight = number(sum(month.patients for month in months), "patients’ months", above=0)
    mean = math.fsum(month.patients * month.mean for month in months) / weight
    spread = parts.patient * float((k**2).sum()) + _apart(parts) * float((1.0 / n).sum())
    return TherapistMean(mean, spread / weight**2, k.size)


def _apart(parts: Components) -> float:
    phi = DEFAULT_RATINGS.phi
    return parts.session * (1.0 + phi) / (1.0 - phi)
