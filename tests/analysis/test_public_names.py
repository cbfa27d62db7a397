"""Everything public comes from `alliance.analysis` by name, and costs the web server nothing."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import subprocess
import sys

import pytest

import alliance.analysis
from alliance.analysis import _HOMES

WANTED = {
    *("individuals_limits", "ewma", "cusum", "nhs_rules", "western_electric_rules", "predictive_limits"),
    *("q_statistics", "ewma_run_length", "cusum_run_length", "simulate_ewma_run_length", "predictive_z"),
    *("Track", "Reading", "replay", "Prior", "DEFAULT", "step", "ask_below", "Held", "fit_prior"),
    *("cronbach_alpha", "omega_total", "standard_error_of_measurement", "reliable_change"),
    *("within_person_reliability", "between_person_dependability", "scale_report"),
    *("pool", "funnel", "compare_therapists", "pool_rates", "patients_needed", "reliability_of_mean"),
}

WEB = """
import sys
import alliance.app
import alliance.analysis.track
import alliance.analysis as analysis
loaded = {name.removeprefix("alliance.analysis.") for name in sys.modules if name.startswith("alliance.analysis.")}
heavy = {"numpy", "scipy", "sqlite_utils", "webauthn", "plotly"} & set(sys.modules)
assert not heavy, f"the web server loads {sorted(heavy)}"
needs_arrays = NUMERIC & loaded
assert not needs_arrays, f"the web server loads {sorted(needs_arrays)}"
assert "track" in loaded
analysis.pool
assert "scipy" in sys.modules and "alliance.analysis.therapists" in sys.modules
"""


def imports_arrays(module: str) -> bool:
    source = inspect.getsource(importlib.import_module(f"alliance.analysis.{module}"))
    return "import numpy" in source or "from scipy" in source


def test_every_wanted_name_is_there() -> None:
    assert set(alliance.analysis.__all__) >= WANTED


@pytest.mark.parametrize("name", sorted(_HOMES))
def test_a_name_is_the_same_thing_as_in_its_module(name: str) -> None:
    module = importlib.import_module(f"alliance.analysis.{_HOMES[name]}")
    assert getattr(alliance.analysis, name) is getattr(module, name)
    assert name in dir(alliance.analysis)


@pytest.mark.parametrize("name", sorted(_HOMES))
def test_a_name_tells_what_it_is(name: str) -> None:
    thing = getattr(alliance.analysis, name)
    if inspect.isclass(thing) or inspect.isfunction(thing):
        assert thing.__doc__ and not thing.__doc__.startswith(f"{name}(")  # a dataclass's own, made-up line


def test_no_name_hides_a_module() -> None:
    """Importing a module sets it as an attribute of its package, and would cover a function of that name."""
    modules = {each.name for each in pkgutil.iter_modules(alliance.analysis.__path__)}
    assert modules & set(alliance.analysis.__all__) == set()


def test_every_module_of_a_name_offers_it() -> None:
    """A module's own __all__, where it has one, is what it promises."""
    for name, home in _HOMES.items():
        module = importlib.import_module(f"alliance.analysis.{home}")
        assert name in getattr(module, "__all__", [name])


def test_the_type_checker_sees_the_same_names() -> None:
    tree = ast.parse(inspect.getsource(alliance.analysis))
    (block,) = (node for node in tree.body if isinstance(node, ast.If))
    seen = {
        alias.asname: node.module
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.asname == alias.name
    }
    assert seen == {name: f"alliance.analysis.{home}" for name, home in _HOMES.items()}


def test_an_unknown_name_is_an_ordinary_mistake() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'p_value'"):
        alliance.analysis.p_value  # type: ignore[attr-defined]  # noqa: B018
    with pytest.raises(ImportError, match="p_value"):
        importlib.import_module("alliance.analysis.p_value")


def test_the_web_server_loads_no_arrays() -> None:
    """Nor what else is long to load, and needed now and then or never while it serves."""
    modules = [each.name for each in pkgutil.iter_modules(alliance.analysis.__path__) if not each.ispkg]
    numeric = {name for name in modules if imports_arrays(name)}
    assert {"control_charts", "therapists", "reliability", "checking"} <= numeric
    script = f"NUMERIC = {numeric!r}\n{WEB}"
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)
