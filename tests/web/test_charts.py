"""The main chart tells what the readings say: every number, every gap, every question, and nothing else."""

from __future__ import annotations

import gzip
import re
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings

from alliance.analysis.track import Level
from alliance.domain.alerts import AlertStatus
from alliance.domain.episodes import Episode, episodes
from alliance.domain.ledger import Kind, Step
from alliance.domain.trend import Trend
from alliance.web.charts.style import Spec, as_json, chosen_ticks, plain
from alliance.web.charts.trend import trend_chart
from tests.factory import DIP, DIP_TENSION, dip, made_up, make_trend
from tests.web.figures import check, labels, names, sizes, stories, trace, trends

SCRIPT = Path(__file__).parents[2] / "static" / "js" / "charts.js"


def chart(trend: Trend, told: list[Episode] | None = None) -> Spec:
    return check(trend_chart(trend, episodes(trend.points, trend.alerts) if told is None else told))


@pytest.fixture(scope="module")
def dipped() -> Spec:
    return chart(dip())


def test_the_line_is_the_scores_with_gaps_where_no_form_came_back(dipped: Spec) -> None:
    line = trace(dipped, "alliance")
    assert line["x"] == list(range(1, 23))
    assert line["y"] == list(DIP)
    assert line["connectgaps"] is False
    assert (line["y"][5], line["y"][12], line["y"][18]) == (None, None, None)


def test_the_band_is_the_usual_range_of_the_readings(dipped: Spec) -> None:
    readings = [point.reading for point in dip().points if point.reading]
    assert trace(dipped, "usual, upper")["y"] == [round(reading.high, 1) for reading in readings]
    assert trace(dipped, "usual range")["y"] == [round(reading.low, 1) for reading in readings]
    assert trace(dipped, "usual range")["fill"] == "tonexty"


def test_the_line_below_which_we_ask_rests_while_a_question_is_open(dipped: Spec) -> None:
    line = trace(dipped, "below this we ask")["y"]
    readings = [point.reading for point in dip().points]
    assert line[:18] == [round(reading.ask_below or 0, 1) for reading in readings[:18] if reading]
    assert line[18:] == [None] * 4


def test_it_is_drawn_again_after_the_repair() -> None:
    trend = make_trend([*DIP, 85.0, 84.0, 86.0, 86.0], tension=DIP_TENSION)
    (episode,) = episodes(trend.points, trend.alerts)
    line = trace(chart(trend), "below this we ask")["y"]
    assert episode.repaired is not None
    assert line[episode.repaired] is not None and line[episode.repaired - 1] is None


def test_missing_forms_and_questions_stand_where_they_happened(dipped: Spec) -> None:
    assert trace(dipped, "no form")["x"] == [6, 13, 19]
    assert trace(dipped, "worth a question")["x"] == [18]
    assert trace(dipped, "worth a question")["y"] == [55.6]
    assert trace(dipped, "worth a question")["marker"]["symbol"] == "triangle-down"


def test_hovering_says_date_score_and_usual(dipped: Spec) -> None:
    said = trace(dipped, "alliance")["text"]
    assert said[17] == "Session 18, 8 Oct<br>56, usual 69 to 95<br>said so outright"
    assert said[18] == ""
    assert trace(dipped, "no form")["text"][0] == "Session 6, 16 Jul<br>no form"


def test_labels_stand_directly_where_they_belong(dipped: Spec) -> None:
    wide, narrow, _ = (labels(size["layout"]) for size in sizes(dipped))
    assert set(wide) == {
        "82 now",
        "usual range",
        "below this line we ask",
        "56, said so outright",
        "no form",
        "early days",
    }
    assert (wide["82 now"]["xref"], wide["82 now"]["x"]) == ("paper", 1)
    assert wide["56, said so outright"]["x"] == 18
    assert set(narrow) == {"56", "82"}


def test_the_lane_tells_the_story_step_by_step() -> None:
    trend = make_trend([*DIP, 85.0, 84.0, None, 86.0], tension=DIP_TENSION, talked={18: 20})
    (episode,) = episodes(trend.points, trend.alerts)
    lane = trace(chart(trend), "episode")
    steps = {text: x for text, x in zip(lane["text"], lane["x"], strict=True) if text}
    assert steps["rupture?"] == 18 and steps["talked about"] == 20
    assert steps["repaired"] == episode.repaired
    assert lane["yaxis"] == "y2"


def test_an_open_rupture_runs_on_to_the_last_session() -> None:
    lane = trace(chart(dip(), [Episode(18, talked=20)]), "episode")
    assert lane["x"] == [18, 18.5, 20, 22]
    assert (lane["text"][-1], lane["marker"]["size"][-1]) == ("", 0)
    assert trace(chart(dip(), [Episode(18, talked=22)]), "episode")["x"] == [18, 18.5, 22]


def test_the_lane_tells_when_it_was_seen_and_closed_and_that_it_lasts() -> None:
    trend = dip()
    held = {point.number: datetime.combine(point.held_on, time(18), UTC) for point in trend.points}
    days = timedelta(days=2)
    alert = trend.alerts[0].with_step(Step(Kind.SEEN, held[18] + days, by=1))
    alert = alert.with_step(
        Step(Kind.TALKED, held[19] + days, 1, on=(held[19] + days).date(), how="asked", found="between")
    )
    spec = chart(replace(trend, alerts=[alert]), [Episode(18, unresolved=22)])
    lane = trace(spec, "episode")
    steps = {text: x for text, x in zip(lane["text"], lane["x"], strict=True) if text}
    assert (steps["rupture?"], steps["talked about"], steps["not repaired yet"]) == (18, 19.5, 22)
    seen = lane["x"].index(18.5)
    assert lane["marker"]["size"][seen] == 7
    assert trace(list(sizes(spec))[1], "episode")["marker"]["size"][seen] == 0, "no room on a phone"
    same_day = replace(trend.alerts[0], steps=(Step(Kind.SEEN, held[20], by=1),))
    late = trace(chart(replace(trend, alerts=[same_day]), [Episode(18, talked=20)]), "episode")
    assert late["x"] == [18, 20, 22], "never seen after it was talked about"
    shut = alert.with_step(Step(Kind.UNRESOLVED, held[21], number=21)).with_step(
        Step(Kind.CLOSED, held[21] + days, by=1, reason="left")
    )
    closed = trace(chart(replace(trend, alerts=[shut]), [Episode(18, unresolved=20)]), "episode")
    assert (closed["x"][-1], closed["text"][-1]) == (21.5, "closed"), "what is closed goes on no more"


def test_episodes_are_not_joined() -> None:
    told = [Episode(3, recovering=5, repaired=7), Episode(18)]
    lane = trace(chart(dip(), told), "episode")
    gap = lane["x"].index(None)
    assert lane["x"][gap - 1 : gap + 2] == [7, None, 18]
    assert lane["connectgaps"] is False
    assert [text for text in lane["text"] if text] == ["rupture?", "seen"], "only the newest is told in words"


def test_without_a_rupture_there_is_no_lane_and_a_low_figure_drops_it(dipped: Spec) -> None:
    calm = chart(make_trend([80.0] * 6))
    assert "episode" not in names(calm) and "yaxis2" not in calm["layout"] and "short" not in calm
    low = list(sizes(dipped))[2]
    assert trace(low, "episode")["visible"] is False
    assert low["layout"]["yaxis"]["domain"] == [0, 1]


def test_fainter_questions_are_hollow_and_withdrawn_ones_not_drawn() -> None:
    trend = dip()
    faint = Trend(trend.dyad, trend.points, [replace(trend.alerts[0], level=Level.KEEP)])
    assert trace(chart(faint), "keep in mind")["marker"]["color"] == "var(--paper)"
    gone = make_trend(DIP, tension=DIP_TENSION, status=AlertStatus.WITHDRAWN)
    assert not {"keep in mind", "worth a question", "episode"} & set(names(chart(gone)))


def test_a_question_about_silence_stands_above_the_missing_form() -> None:
    trend = dip()
    silent = replace(trend.alerts[0], session_number=19, rules=("silence",), level=Level.KEEP)
    spec = chart(Trend(trend.dyad, trend.points, [silent]))
    mark = trace(spec, "keep in mind")
    assert mark["x"] == [19] and mark["y"][0] > trace(spec, "no form")["y"][-1]
    assert "forms missing" in labels(spec["layout"])


def test_only_a_supervisor_meets_held_back_answers_and_they_are_marked() -> None:
    trend = dip()
    points = [replace(point, held_back=point.number == 20) for point in trend.points]
    spec = chart(Trend(trend.dyad, points, trend.alerts))
    assert trace(spec, "for the supervisor only")["x"] == [20]
    assert trace(spec, "alliance")["text"][19].endswith("<br>for the supervisor only")
    assert "for the supervisor only" not in names(chart(trend))


def test_a_form_without_a_score_is_not_called_missing() -> None:
    trend = dip()
    points = [replace(point, answered=True) if point.number == 6 else point for point in trend.points]
    told = trace(chart(Trend(trend.dyad, points, ())), "no form")["text"]
    assert told[0] == "Session 6, 16 Jul<br>too few answers for a number"


@pytest.mark.parametrize("sessions", [1, 2, 7, 22, 100])
def test_any_length_is_readable(sessions: int) -> None:
    spec = chart(made_up(4, sessions, code="Oak 12"))
    for size, room in zip(sizes(spec), (80, 55), strict=False):
        axis = size["layout"]["xaxis"]
        low, high = axis["range"]
        assert low < 1 and high > sessions
        assert axis["ticktext"][0].startswith("Session ")
        pixels = 546 if room == 80 else 278
        ticks = [(tick - low) / (high - low) * pixels for tick in axis["tickvals"]]
        assert all(later - earlier >= room for earlier, later in pairwise(ticks))
    assert sessions in spec["layout"]["xaxis"]["tickvals"]


def test_a_single_session_shows_its_range_across() -> None:
    spec = chart(make_trend([78.0]))
    assert trace(spec, "usual range")["x"] == [0.5, 1.5]
    assert trace(spec, "alliance")["x"] == [1]
    assert "78 now" in labels(spec["layout"])


def test_a_long_course_names_months_with_years() -> None:
    ticks = chart(make_trend([80.0] * 60))["layout"]["xaxis"]["ticktext"]
    assert ticks[0] == "Session 1<br>Jun ’26" and ticks[-1] == "60<br>Jul ’27"


def test_nothing_to_draw_is_said() -> None:
    assert "no sessions yet" in labels(chart(make_trend([]))["layout"])
    silent = chart(make_trend([None] * 5))
    assert trace(silent, "no form")["x"] == [1, 2, 3, 4, 5]
    for size in sizes(silent):
        assert "no answers yet" in labels(size["layout"])


def test_an_answer_from_earlier_is_not_called_now() -> None:
    spec = chart(make_trend([80.0, 81.0, 80.0, None, None]))
    assert "80 in session 3" in labels(spec["layout"])


def test_a_course_without_readings_is_still_a_line() -> None:
    trend = dip()
    bare = [replace(point, reading=None) for point in trend.points]
    assert set(names(chart(Trend(trend.dyad, bare, ())))) == {"alliance", "no form"}


def test_dates_do_not_move_sessions() -> None:
    """Sessions are ordered by number; two in one week stand as far apart as any two."""
    trend = dip()
    points = [
        replace(point, held_on=trend.points[0].held_on + timedelta(days=i))
        for i, point in enumerate(trend.points)
    ]
    assert trace(chart(Trend(trend.dyad, points, ())), "alliance")["x"] == list(range(1, 23))


@settings(deadline=None, max_examples=60)
@given(trends(), stories())
def test_any_course_is_a_figure(trend: Trend, told: list[Episode]) -> None:
    spec = chart(trend, told)
    if trend.points:
        line = trace(spec, "alliance")
        met = [x for x in line["x"] if x == int(x)]
        assert met == [point.number for point in trend.points]
        assert all(y is None for x, y in zip(line["x"], line["y"], strict=True) if x not in met)
        for size in sizes(spec):
            assert all(0 <= note["y"] <= 100 for note in size["layout"]["annotations"])


def test_ticks_prefer_what_is_wanted_and_keep_apart() -> None:
    assert chosen_ticks(range(1, 23), [22, 1, 18], 3.4) == [1, 8, 12, 18, 22]
    assert chosen_ticks(range(1, 4), [3, 1], 0.5) == [1, 2, 3]
    assert chosen_ticks([], [], 5) == []


def test_codes_lose_what_the_library_could_take_for_markup() -> None:
    assert plain('<b>Elm</b> %{x} & <a href="//x">7') == 'bElm/b x  a href="//x"7'


def test_the_script_offers_no_way_out() -> None:
    script = SCRIPT.read_text(encoding="utf-8")
    assert 'setPlotConfig({ showSendToCloud: false, plotlyServerURL: "" })' in script
    assert "displayModeBar: false" in script
    assert not re.search(r"https?:|\beval\b|new Function|innerHTML|\.style\b|setAttribute\(.style", script)


def test_it_is_small_enough_to_send() -> None:
    """Five kilobytes are the limit for a trend of a hundred sessions."""

    long = made_up(4, 100, code="Oak 12")
    packed = gzip.compress(as_json(trend_chart(long, episodes(long.points, long.alerts))).encode(), 6)
    assert len(packed) < 5_000
