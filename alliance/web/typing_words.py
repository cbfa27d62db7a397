"""The words of a form for those who type it in: what a field asks, what it can say, what an entry says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from alliance.web.filters import named
from alliance.web.languages import isolated, people, speaking
from surveys.definition import Instrument

Names = Mapping[str, Markup]

LEFT_OUT = "left out"
TICKED = "ticked"


def names_in(therapist: str, supervisors: Sequence[str]) -> Names:
    """Whom the questions name, as the language spoken now lists them."""
    return {"therapist": isolated(therapist), "supervisor": people(supervisors)}


def asked(instrument: Instrument, field: str, names: Names) -> str:
    """The sentence or question of a field."""
    if _is_item(instrument, field):
        return instrument.item(field).text
    return named(instrument.question(field).text, names)


def is_words(instrument: Instrument, field: str) -> bool:
    """Whether a field holds words of the patient’s own."""
    return not _is_item(instrument, field) and instrument.question(field).kind == "text"


def readings(instrument: Instrument, field: str, names: Names, supervisors: int = 1) -> list[tuple[str, str]]:
    """Every value that a field can have, with its words; nothing at all comes first."""
    nothing = ("", LEFT_OUT)
    if _is_item(instrument, field):
        return [nothing, *((value, value) for value in instrument.values)]
    question = instrument.question(field)
    if question.kind == "check":
        return [("", "not ticked"), ("yes", TICKED)]
    with speaking(instrument.language):
        said = [
            (option.value, named(option.text, names, f"{field}.{option.value}", supervisors))
            for option in question.options
        ]
    return [("", "nothing ticked"), *said]


def reading(instrument: Instrument, field: str, names: Names, value: str, supervisors: int = 1) -> str:
    """What an entry says in a field."""
    if is_words(instrument, field):
        return value or LEFT_OUT
    return dict(readings(instrument, field, names, supervisors)).get(value, value)


def _is_item(instrument: Instrument, field: str) -> bool:
    return any(item.id == field for item in instrument.items)
