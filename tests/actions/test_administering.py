"""The clinic's settings: what patients could not use is refused, what changed is named, nothing else is told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alliance.actions import administering
from alliance.actions.clinic import Clinic, open_clinic
from alliance.actions.faults import Fault
from alliance.actions.passwords import Passwords
from alliance.domain.clinic import ClinicSettings, CrisisLine
from alliance.storage import audit
from tests.actions.sending import everything
from tests.cast import NOW, Cast

NEW = ClinicSettings(
    name="Quay House",
    crisis_lines=(CrisisLine("Samaritans", "116 123"), CrisisLine("Notruf „Berlin“", "+49 30 123")),
    front_desk="+44 1632 960200",
    front_desk_hours="Tuesdays ’til 7",
    time_zone="Pacific/Auckland",
    link_hours=24,
    proof_of_use=True,
    monthly=False,
    words=False,
    unread_days=4,
    questionnaire="pulse",
    offered=("pulse",),
    languages=("de", "en"),
    versions=(("pulse", "1.0"),),
    years_kept=7,
    restricted=True,
    fhir=True,
)


def save(cast: Cast, settings: ClinicSettings) -> None:
    administering.save_settings(cast.clinic, cast.viewer("tomasz"), settings, NOW)


def last(clinic: Clinic) -> audit.Entry:
    with clinic.db.read() as conn:
        return audit.latest(conn, 1)[0]


def test_settings_come_back_as_they_were_saved_and_stay(cast: Cast, passwords: Passwords) -> None:
    save(cast, NEW)
    assert cast.clinic.settings() == NEW
    cast.clinic.close()
    with open_clinic(cast.clinic.config.folder, passwords=passwords) as opened:
        assert opened.settings() == NEW


@pytest.mark.parametrize("name", ClinicSettings.__slots__)
def test_the_trail_names_what_changed_and_nothing_else(cast: Cast, name: str) -> None:
    save(cast, replace(cast.clinic.settings(), **{name: getattr(NEW, name)}))
    line = last(cast.clinic)
    assert (line.actor, line.actor_id) == ("staff", cast.ids["tomasz"])
    assert (line.action, line.subject, line.detail) == ("change settings", "setting", {"changed": [name]})


def test_several_changes_are_named_together(cast: Cast) -> None:
    save(cast, NEW)
    assert last(cast.clinic).detail == {"changed": list(ClinicSettings.__slots__)}


def test_saving_what_is_there_already_is_no_change(cast: Cast) -> None:
    before = everything(cast.clinic)
    save(cast, cast.clinic.settings())
    assert everything(cast.clinic) == before


LINE = "Enter a name and a number that can be dialled for each help line"
ZONE = "Enter a time zone by its name, such as Europe/London"
HOURS = "Enter a number of hours from 1 to 336"


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", "", "Enter the name that patients know the clinic by"),
        ("name", "  ", "Enter the name that patients know the clinic by"),
        ("crisis_lines", (), "Enter at least one line that can be called at any time"),
        ("crisis_lines", (CrisisLine("", "112"),), LINE),
        ("crisis_lines", (CrisisLine(" ", "112"),), LINE),
        ("crisis_lines", (CrisisLine("Emergency", "112"), CrisisLine("Friends", "at any time")), LINE),
        (
            "crisis_lines",
            (CrisisLine("Samaritans", "+44 (0)1632 960114"),),
            "Leave out the (0) after the country code of Samaritans",
        ),
        ("front_desk", "ask at the door", "Enter a number that can be dialled, or leave it out"),
        ("front_desk", "0044 ( 0 ) 1632 960114", "Leave out the (0) after the country code"),
        ("time_zone", "", ZONE),
        ("time_zone", "Europe/Atlantis", ZONE),
        ("time_zone", "../../etc/passwd", ZONE),
        ("link_hours", 0, HOURS),
        ("link_hours", -1, HOURS),
        ("link_hours", 337, HOURS),
    ],
)
def test_what_patients_could_not_use_is_a_fault(cast: Cast, field: str, value: object, sentence: str) -> None:
    before = everything(cast.clinic)
    with pytest.raises(Fault) as fault:
        save(cast, replace(NEW, **{field: value}))  # type: ignore[arg-type]
    assert (fault.value.sentence, fault.value.field) == (sentence, field)
    assert everything(cast.clinic) == before


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("front_desk", ""),
        ("front_desk", "(01632) 960100"),
        ("front_desk", "01632 (0) 12"),
        ("front_desk_hours", ""),
        ("link_hours", 1),
        ("link_hours", 336),
        ("time_zone", "UTC"),
    ],
)
def test_what_can_be_used_is_kept(cast: Cast, field: str, value: object) -> None:
    save(cast, replace(NEW, **{field: value}))  # type: ignore[arg-type]
    assert getattr(cast.clinic.settings(), field) == value


def test_a_new_clinic_may_still_lack_its_help_lines() -> None:
    """The command line makes a clinic before anybody has entered them; `doctor` then says that they are missing."""
    administering.check_settings(replace(NEW, crisis_lines=()))
