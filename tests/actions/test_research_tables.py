"""The export for research: who agreed and nobody else, nothing of the clinic in the bytes, nobody who stands out."""

from __future__ import annotations

import random
import stat
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest

from alliance.actions import erasing, research
from alliance.actions.faults import Fault
from alliance.actions.research_tables import export_research
from alliance.actions.taking_out import Exported
from alliance.domain.disclosure import Disclosure
from alliance.domain.erasure import Reason
from alliance.storage import audit
from tests.actions.stories import Patient, course
from tests.cast import NOW, STAFF, Cast, address, answer, fresh, hold
from tests.exchange.taken import files, tables, validated
from tests.faults.rounds import rounds

CODES = [f"Quittenbaum {number}" for number in range(101, 113)]
WORDS = "Zaunkönig: my sister Adelheid, on 2026-11-13"


def taken(cast: Cast, target: Path, seed: int | None = None) -> tuple[Exported, Disclosure, Path]:
    chance = random.Random(seed) if seed is not None else None
    return export_research(
        cast.clinic, target, account="mara-lind", now=NOW, watch=lambda rows, _: rows, chance=chance
    )


def agree(cast: Cast, told: Patient, who: str = "jonas") -> None:
    research.agree(cast.clinic, cast.viewer(who), told.id, said_on=NOW.date(), said_so=True, now=NOW)


@pytest.fixture
def orchard(cast: Cast) -> list[Patient]:
    """Twelve patients of Jonas, with words; all but the last two agree. The first has the longest course."""
    told = []
    for number, code in enumerate(CODES):
        levels = [8, 9, None, 3][: 2 + number % 3] + ([8, 8, 8] if number == 0 else [])
        end = NOW - timedelta(days=7 * (number % 4))
        told.append(course(cast, code, levels, last={"comment": WORDS}, end=end))
    for one in told[:10]:
        agree(cast, one)
    return told


def test_who_has_not_agreed_is_not_in_it(cast: Cast, orchard: list[Patient], tmp_path: Path) -> None:
    made, found, _ = taken(cast, tmp_path / "out")
    assert made.rows["patients"] == 10 and found.agreed == 10 and found.everybody == 14
    research.take_back(cast.clinic, cast.viewer("jonas"), orchard[0].id, NOW)
    erasing.ask(
        cast.clinic,
        fresh(cast.viewer("jonas"), NOW),
        orchard[1].id,
        reason=Reason.WITHDRAWN,
        said_so=True,
        now=NOW,
    )
    made, found, _ = taken(cast, tmp_path / "again")
    assert made.rows["patients"] == 8 and (found.agreed, found.waiting) == (9, 1)
    research.take_back(cast.clinic, cast.viewer("jonas"), orchard[2].id, NOW)
    with pytest.raises(Fault, match=r"at least 8 patients who agreed .* there are 7"):
        taken(cast, tmp_path / "few")
    assert {path.name for path in tmp_path.iterdir()} == {
        "clinic", "out", "out.risk.md", "again", "again.risk.md",
    }  # fmt: skip


def of_the_clinic(cast: Cast) -> set[str]:
    """What must not be in it: codes, names, addresses, days and words."""
    with cast.clinic.db.read() as conn:
        codes = {row["code"] for row in conn.execute("SELECT code FROM patient")}
        days = {row["held_on"] for row in conn.execute("SELECT DISTINCT held_on FROM therapy_session")}
        days |= {row["received_at"][:10] for row in conn.execute("SELECT received_at FROM response")}
        days |= {row["starts_on"] for row in conn.execute("SELECT starts_on FROM dyad")}
    people = {part for name, _ in STAFF.values() for part in (name, *name.split())}
    settings = cast.clinic.settings()
    return (
        codes | days | people | {address(who) for who in STAFF} | {"@", "Zaunkönig", "Adelheid", "Quitten"}
        | {settings.name, "Harbour", "mara-lind", NOW.date().isoformat(), "20 November", "2026-11"}
    )  # fmt: skip


@pytest.mark.control(58)
def test_nothing_of_the_clinic_is_in_the_bytes(
    cast: Cast, orchard: list[Patient], tmp_path: Path, record_property: object
) -> None:
    chance, secrets = random.Random(7), of_the_clinic(cast)
    assert len(secrets) > 40
    for number in range(rounds(4, 200)):
        with cast.clinic.db.write() as conn:  # languages and therapists as they come
            for one in orchard:
                language, therapist = chance.choice(["en", "de"]), chance.choice(["jonas", "claire"])
                conn.execute("UPDATE patient SET language = ? WHERE id = ?", (language, one.id))
                conn.execute(
                    "UPDATE dyad SET therapist_id = ? WHERE id = ?", (cast.ids[therapist], one.dyad_id)
                )
        made, found, _ = taken(cast, tmp_path / f"out-{number}")
        every = b"\0".join(files(made.path).values()).decode("utf-8")
        assert {secret for secret in secrets if secret in every} == set()
        told = Counter((row["therapist"], row["language"]) for row in tables(made.path)["patients"])
        assert min(told.values()) == found.groups.smallest >= 8
    known = [
        (row["patient"], row["day"])
        for name in ("out-0", "out-1")
        for row in tables(tmp_path / name)["sessions"]
    ]
    assert len({patient for patient, _ in known}) == 20, "two exports share a name"


def test_days_between_sessions_stay_and_nothing_else_of_them(
    cast: Cast, orchard: list[Patient], tmp_path: Path
) -> None:
    made, _, _ = taken(cast, tmp_path / "out", seed=3)
    found = tables(made.path)
    firsts = {
        row["patient"]: date.fromisoformat(row["day"]) for row in found["sessions"] if row["session"] == "1"
    }
    assert len(set(firsts.values())) >= 9 and {day.year for day in firsts.values()} <= {
        2101,
        2102,
        2103,
        2104,
    }
    for row in found["sessions"]:
        weeks = (date.fromisoformat(row["day"]) - firsts[row["patient"]]).days
        assert weeks == 7 * (int(row["session"]) - 1)
        assert row["answered_after"] == ("same day" if row["answered"] == "true" else "")


def test_the_longest_course_ends_where_others_do(cast: Cast, orchard: list[Patient], tmp_path: Path) -> None:
    made, found, _ = taken(cast, tmp_path / "out")
    told = Counter(row["patient"] for row in tables(made.path)["sessions"])
    lengths = sorted((len(one.sessions) for one in orchard[:10]), reverse=True)
    assert lengths[0] == 5 and max(told.values()) == found.longest == lengths[7]
    assert found.cut >= 1 and found.sessions_cut == sum(lengths) - sum(told.values())


def test_what_was_held_back_or_disputed_or_rare_is_not_told(
    cast: Cast, orchard: list[Patient], tmp_path: Path
) -> None:
    tokens = [hold(cast, cast.viewer("jonas"), one.id, NOW)[1] for one in orchard[:10]]
    before = taken(cast, tmp_path / "before", seed=5)
    answer(cast.clinic, tokens[3], NOW, 1, audience="supervisor", comment=WORDS, **{"raise": "yes"})
    held = taken(cast, tmp_path / "held", seed=5)
    assert before[1].groups == held[1].groups and before[0].rows == held[0].rows
    for name, data in files(held[0].path).items():
        if name.endswith(".csv"):
            assert (
                data.replace(held[0].number.encode(), before[0].number.encode())
                == files(before[0].path)[name]
            )
    with cast.clinic.db.write() as conn:
        response = conn.execute(
            "SELECT id, invitation_id FROM response WHERE session_id = ?", (orchard[5].sessions[0],)
        ).fetchone()
        conn.execute("INSERT INTO dispute VALUES (?, ?, ?)", (*response, "2026-11-20T10:00:00.000000Z"))
        conn.execute(
            "UPDATE response SET instrument = 'pulse' WHERE session_id = ?", (orchard[4].sessions[0],)
        )
    made, found, _ = taken(cast, tmp_path / "rare", seed=5)
    assert found.questionnaires == ["pulse 1.0"] and found.left_out == 1 and made.rows["patients"] == 9
    told = tables(made.path)
    assert {row["questionnaire"] for row in told["answers"]} == {"after-session"}
    assert found.disputed == 1
    firsts = [row for row in told["sessions"] if row["session"] == "1"]
    assert [(row["level"], row["talked"]) for row in firsts if row["answered"] == "false"] == [("", "")]


def test_the_official_validator_agrees_and_the_report_stays_here(
    cast: Cast, orchard: list[Patient], tmp_path: Path
) -> None:
    made, found, paper = taken(cast, tmp_path / "out.zip")
    [(valid, faults)] = validated(made.path)
    assert valid, faults
    told = paper.read_text(encoding="utf-8")
    assert f"k = {found.groups.smallest}" in told and "Of them agreed to research: 10" in told
    assert paper.name == "out.zip.risk.md" and stat.S_IMODE(paper.stat().st_mode) == 0o600
    assert "risk" not in " ".join(files(made.path))
    with cast.clinic.db.read() as conn:
        line = audit.latest(conn, 1)[0]
    assert line.detail == {"account": "mara-lind", "as": "research", "export": made.number, "patients": 10}
    with pytest.raises(Fault, match="at least 8"):
        export_research(
            cast.clinic, tmp_path / "x", account="m", now=NOW, watch=lambda rows, _: rows, least=7
        )
    with pytest.raises(Fault, match=r"risk\.md is there already"):
        made.path.unlink()
        taken(cast, tmp_path / "out.zip")
