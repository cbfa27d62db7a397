"""Every number the product computes about a therapeutic relationship: no Flask, no SQL, no clock.

Also a small library for anyone who has ratings: all public names can be imported from here. A name’s module
is loaded when the name is first asked for, so that what the web server imports, the odds filter in plain
Python, never loads numpy and scipy.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

_PUBLIC = {
    "average_run_lengths": (
        "SimulatedRunLength cusum_run_length ewma_run_length simulate_cusum_run_length"
        " simulate_ewma_run_length"
    ),
    "comparators": "Comparator CutOff IndividualsChart Marked PreviousDrop ReliableDrop",
    "control_charts": "Cusum Ewma IndividualsLimits cusum ewma individuals_limits",
    "factor_analysis": "OneFactor one_factor",
    "fitted": "Fitted",
    "fitting": "fit_prior",
    "funnels": "Funnel Standing TherapistComparison compare_therapists funnel",
    "links": "learn_links rupture_chances",
    "odds": "Evidence Held Odds ask_below step",
    "past": "PastCourses",
    "predictive": "normal_from_t predictive_z t_from_normal",
    "prior": "DEFAULT DEFAULT_RATINGS Prior RatingsPrior",
    "rates": "PooledRates pool_rates",
    "ratings_only": "RatingsReading RatingsTrack",
    "reliability": (
        "Alpha Omega ReliableChangeIndex cronbach_alpha omega_total reliable_change standard_error_of_measurement"
    ),
    "run_rules": "RunSignals nhs_rules western_electric_rules",
    "scale_figures": "ScaleReport scale_report",
    "self_starting": "PredictiveLimits predictive_limits q_statistics",
    "therapists": (
        "Pooled Showing TherapistMean between_variance patients_needed pool reliability_of_mean showing"
        " therapist_mean"
    ),
    "track": "EpisodeState Level Reading Track replay",
    "variance_components": (
        "Dependability NestedVariances WithinPerson between_person_dependability nested_variances"
        " within_person_reliability"
    ),
}
_HOMES = {name: module for module, names in _PUBLIC.items() for name in names.split()}

__all__ = sorted(_HOMES)

if TYPE_CHECKING:
    from alliance.analysis.average_run_lengths import SimulatedRunLength as SimulatedRunLength
    from alliance.analysis.average_run_lengths import cusum_run_length as cusum_run_length
    from alliance.analysis.average_run_lengths import ewma_run_length as ewma_run_length
    from alliance.analysis.average_run_lengths import simulate_cusum_run_length as simulate_cusum_run_length
    from alliance.analysis.average_run_lengths import simulate_ewma_run_length as simulate_ewma_run_length
    from alliance.analysis.comparators import Comparator as Comparator
    from alliance.analysis.comparators import CutOff as CutOff
    from alliance.analysis.comparators import IndividualsChart as IndividualsChart
    from alliance.analysis.comparators import Marked as Marked
    from alliance.analysis.comparators import PreviousDrop as PreviousDrop
    from alliance.analysis.comparators import ReliableDrop as ReliableDrop
    from alliance.analysis.control_charts import Cusum as Cusum
    from alliance.analysis.control_charts import Ewma as Ewma
    from alliance.analysis.control_charts import IndividualsLimits as IndividualsLimits
    from alliance.analysis.control_charts import cusum as cusum
    from alliance.analysis.control_charts import ewma as ewma
    from alliance.analysis.control_charts import individuals_limits as individuals_limits
    from alliance.analysis.factor_analysis import OneFactor as OneFactor
    from alliance.analysis.factor_analysis import one_factor as one_factor
    from alliance.analysis.fitted import Fitted as Fitted
    from alliance.analysis.fitting import fit_prior as fit_prior
    from alliance.analysis.funnels import Funnel as Funnel
    from alliance.analysis.funnels import Standing as Standing
    from alliance.analysis.funnels import TherapistComparison as TherapistComparison
    from alliance.analysis.funnels import compare_therapists as compare_therapists
    from alliance.analysis.funnels import funnel as funnel
    from alliance.analysis.links import learn_links as learn_links
    from alliance.analysis.links import rupture_chances as rupture_chances
    from alliance.analysis.odds import Evidence as Evidence
    from alliance.analysis.odds import Held as Held
    from alliance.analysis.odds import Odds as Odds
    from alliance.analysis.odds import ask_below as ask_below
    from alliance.analysis.odds import step as step
    from alliance.analysis.past import PastCourses as PastCourses
    from alliance.analysis.predictive import normal_from_t as normal_from_t
    from alliance.analysis.predictive import predictive_z as predictive_z
    from alliance.analysis.predictive import t_from_normal as t_from_normal
    from alliance.analysis.prior import DEFAULT as DEFAULT
    from alliance.analysis.prior import DEFAULT_RATINGS as DEFAULT_RATINGS
    from alliance.analysis.prior import Prior as Prior
    from alliance.analysis.prior import RatingsPrior as RatingsPrior
    from alliance.analysis.rates import PooledRates as PooledRates
    from alliance.analysis.rates import pool_rates as pool_rates
    from alliance.analysis.ratings_only import RatingsReading as RatingsReading
    from alliance.analysis.ratings_only import RatingsTrack as RatingsTrack
    from alliance.analysis.reliability import Alpha as Alpha
    from alliance.analysis.reliability import Omega as Omega
    from alliance.analysis.reliability import ReliableChangeIndex as ReliableChangeIndex
    from alliance.analysis.reliability import cronbach_alpha as cronbach_alpha
    from alliance.analysis.reliability import omega_total as omega_total
    from alliance.analysis.reliability import reliable_change as reliable_change
    from alliance.analysis.reliability import standard_error_of_measurement as standard_error_of_measurement
    from alliance.analysis.run_rules import RunSignals as RunSignals
    from alliance.analysis.run_rules import nhs_rules as nhs_rules
    from alliance.analysis.run_rules import western_electric_rules as western_electric_rules
    from alliance.analysis.scale_figures import ScaleReport as ScaleReport
    from alliance.analysis.scale_figures import scale_report as scale_report
    from alliance.analysis.self_starting import PredictiveLimits as PredictiveLimits
    from alliance.analysis.self_starting import predictive_limits as predictive_limits
    from alliance.analysis.self_starting import q_statistics as q_statistics
    from alliance.analysis.therapists import Pooled as Pooled
    from alliance.analysis.therapists import Showing as Showing
    from alliance.analysis.therapists import TherapistMean as TherapistMean
    from alliance.analysis.therapists import between_variance as between_variance
    from alliance.analysis.therapists import patients_needed as patients_needed
    from alliance.analysis.therapists import pool as pool
    from alliance.analysis.therapists import reliability_of_mean as reliability_of_mean
    from alliance.analysis.therapists import showing as showing
    from alliance.analysis.therapists import therapist_mean as therapist_mean
    from alliance.analysis.track import EpisodeState as EpisodeState
    from alliance.analysis.track import Level as Level
    from alliance.analysis.track import Reading as Reading
    from alliance.analysis.track import Track as Track
    from alliance.analysis.track import replay as replay
    from alliance.analysis.variance_components import Dependability as Dependability
    from alliance.analysis.variance_components import NestedVariances as NestedVariances
    from alliance.analysis.variance_components import WithinPerson as WithinPerson
    from alliance.analysis.variance_components import (
        between_person_dependability as between_person_dependability,
    )
    from alliance.analysis.variance_components import nested_variances as nested_variances
    from alliance.analysis.variance_components import within_person_reliability as within_person_reliability
else:

    def __getattr__(name: str) -> object:
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
        globals()[name] = value  # from now on without this detour
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
