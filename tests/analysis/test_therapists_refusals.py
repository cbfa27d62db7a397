"""What cannot be pooled, in sentences."""

from __future__ import annotations

import math

import pytest

from alliance.analysis import (
    funnel,
    patients_needed,
    pool,
    pool_rates,
    reliability_of_mean,
    showing,
    therapist_mean,
)


@pytest.mark.parametrize(
    ("means", "variances", "says"),
    [
        ([80], [4], "At least 2 means are needed, not 1"),
        ([80, 70], [4], "At least 2 variances are needed, not 1"),
        ([80, 70, 60], [4, 4], "as many variances as means, not 3 and 2"),
        ([80, 70], [4, 0], "Every variance must be above 0"),
        ([80, 70], [4, -1], "Every variance must be above 0"),
        ([80, math.nan], [4, 4], "finite"),
        ([80, 70], [4, math.inf], "finite"),
    ],
)
def test_impossible_means(means: list[float], variances: list[float], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        pool(means, variances)


def test_impossible_levels_and_funnels() -> None:
    with pytest.raises(ValueError, match="level of the intervals must be above 0 and below 1"):
        pool([1, 2], [1, 1], level=95)
    with pytest.raises(ValueError, match="at least 10 therapists, not 9"):
        funnel(range(9), [1] * 9)
    with pytest.raises(ValueError, match="Every variance must be above 0"):
        funnel(range(10), [1] * 9 + [0])
    with pytest.raises(ValueError, match="share drawn in must be at least 0 and below"):
        funnel(range(10), [1] * 10, winsorised=0.5)
    with pytest.raises(ValueError, match="centre must be a finite number"):
        funnel(range(10), [1] * 10, centre=math.nan)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"means": []}, "At least 1 patients’ means are needed"),
        ({"sessions": [3]}, "as many numbers of sessions as patients’ means, not 2 and 1"),
        ({"sessions": [3, 0]}, "whole numbers from 1 on"),
        ({"sessions": [3, 2.5]}, "whole numbers from 1 on"),
        ({"patient_variance": -1}, "variance between patients must be at least 0"),
        ({"session_variance": -1}, "variance within a patient must be at least 0"),
        ({"patient_variance": 0, "session_variance": 0}, "cannot both be 0"),
        ({"autocorrelation": 1}, "autocorrelation must be above -1 and below 1"),
    ],
)
def test_impossible_patients(changed: dict[str, object], says: str) -> None:
    usual: dict[str, object] = {"means": [80, 70], "sessions": [3, 4]}
    usual |= {"patient_variance": 100, "session_variance": 36}
    with pytest.raises(ValueError, match=says):
        therapist_mean(**{**usual, **changed})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("successes", "trials", "says"),
    [
        ([3], [4], "At least 2 successes are needed"),
        ([3, 5], [4, 4], "no more successes than trials"),
        ([0, 0], [0, 0], "There must be trials"),
        ([-1, 2], [4, 4], "whole numbers from 0 on"),
        ([1.5, 2], [4, 4], "whole numbers from 0 on"),
        ([1, 2, 3], [4, 4], "as many trials as successes, not 3 and 2"),
    ],
)
def test_impossible_rates(successes: list[float], trials: list[float], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        pool_rates(successes, trials)


def test_impossible_numbers_of_patients() -> None:
    with pytest.raises(ValueError, match="number of patients must be at least 0"):
        showing(-1)
    with pytest.raises(ValueError, match="number of patients must be a whole number"):
        showing(2.5)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="number of patients must be at least 1"):
        reliability_of_mean(0, 0.05)
    with pytest.raises(ValueError, match="share of variance must be at least 0 and at most 1"):
        reliability_of_mean(5, 1.5)
    with pytest.raises(ValueError, match="reliability must be at least 0 and below 1"):
        patients_needed(1, 0.05)
    with pytest.raises(ValueError, match="share of variance must be above 0"):
        patients_needed(0.5, 0)
