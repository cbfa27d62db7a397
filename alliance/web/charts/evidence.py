"""How rules compare: what they find of lasting 20-point falls, against what they ask while nothing is wrong."""

from __future__ import annotations

import math
from collections.abc import Sequence

from alliance.domain.evidence import Evidence, Rule
from alliance.domain.wording import capital
from alliance.web.charts.style import AXIS, EDGE, HOUSE, INK, SOFT, Spec, note, rounds, score_axis, triangle

# The labels of other rules stand to the right, but where they would run into each other,
# a line, or off the page.
LEFT = "middle left"
PLACES = {
    "cut-off": LEFT,
    "drop in own SDs": LEFT,
    "drop from the session before": "bottom left",
    "XmR": "bottom right",
}
TOLD = "%{customdata}<br>%{y:.0f} % found, %{x:.1f} false per 100<extra></extra>"
ROOM = 1.5  # false questions per 100 to the right of the last rule


def evidence_chart(evidence: Evidence) -> Spec:
    """Every rule is a mark with its name beside it; better is up and to the left."""
    every = [evidence.keep, evidence.ask, *evidence.published]
    furthest = math.ceil(max(rule.false for rule in every) + ROOM)
    layout: Spec = HOUSE | {
        "hovermode": "closest",
        "margin": {"t": 34, "r": 24, "b": 52, "l": 34, "pad": 4},
        "xaxis": AXIS
        | {
            "range": [0, furthest],
            "tickvals": list(range(0, furthest + 1, 5)),
            "showgrid": False,
            "title": {
                "text": "False questions per 100 answered sessions",
                "standoff": 8,
                "font": {"size": 13},
            },
        },
        "yaxis": score_axis(100),
        "annotations": [
            note(
                0,
                1,
                "Per cent of lasting 20-point falls that are found",
                xref="paper",
                yref="paper",
                xanchor="left",
                yanchor="bottom",
                yshift=12,
            )
        ],
    }
    data = [
        _marks("other rules", evidence.published, rounds(EDGE, 9), SOFT),
        _marks("keep in mind", [evidence.keep], triangle(13, filled=False), INK),
        _marks("ask now", [evidence.ask], triangle(14, filled=True), INK),
    ]
    small = {trace["name"]: {"textfont": {"size": 11}} for trace in data}
    return {"data": data, "layout": layout, "narrow": {"layout": {"font": {"size": 12}}, "data": small}}


def rule_name(rule: Rule) -> str:
    """As it stands beside its mark: ours by what is asked, others by how they are called."""
    return capital(rule.setting if rule.name == "odds filter" else rule.name)


def _marks(name: str, rules: Sequence[Rule], marker: Spec, colour: str) -> Spec:
    return {
        "type": "scatter",
        "name": name,
        "mode": "markers+text",
        "x": [round(rule.false, 2) for rule in rules],
        "y": [round(rule.found["step 20"], 1) for rule in rules],
        "text": [rule_name(rule).replace(" the session", " the<br>session") for rule in rules],
        "textposition": [PLACES.get(rule.name, "middle right") for rule in rules],
        "textfont": {"color": colour, "size": 13},
        "customdata": [rule_name(rule) for rule in rules],
        "marker": marker,
        "cliponaxis": False,
        "hovertemplate": TOLD,
    }
