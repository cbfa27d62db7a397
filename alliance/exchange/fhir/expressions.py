"""How scores are worked out, in FHIRPath, for the questionnaire itself to say: the rules of `surveys.scoring`.

Sums go by `aggregate`, the one way that all engines tried agree on.
"""

from __future__ import annotations

from surveys.definition import Instrument, Scale

SUM = "aggregate($this + $total, 0)"


def of_scale(instrument: Instrument, scale: Scale) -> str:
    """The mean of what was answered, stretched to 0 to 100; nothing below half of the items."""
    span = instrument.maximum - instrument.minimum
    above = _above(instrument, scale)
    count = f"{_answers(scale.items)}.count()"
    return f"iif(2 * {count} >= {len(scale.items)}, 100.0 * {above} / ({count} * {span}), {{}})"


def of_alliance(instrument: Instrument) -> str:
    """The mean of the scales that count towards it, as they stand in the response; nothing below two thirds."""
    counted = [scale for scale in instrument.scales if scale.in_alliance]
    there = _of_items((f"score.{scale.id}" for scale in counted), "%resource.item.item")
    return f"iif(3 * {there}.count() >= {2 * len(counted)}, {there}.{SUM} / {there}.count(), {{}})"


def _above(instrument: Instrument, scale: Scale) -> str:
    """The sum of how far above the least the answers are, those turned round from the other end."""
    turned = {item.id for item in instrument.items if item.reversed}
    plain = tuple(item for item in scale.items if item not in turned)
    other = tuple(item for item in scale.items if item in turned)
    sums = []
    if plain:
        sums.append(f"{_answers(plain)}.select($this - {instrument.minimum}).{SUM}")
    if other:
        sums.append(f"{_answers(other)}.select({instrument.maximum} - $this).{SUM}")
    return f"({' + '.join(sums)})"


def _answers(items: tuple[str, ...]) -> str:
    return _of_items(items, "%resource.item.item")


def _of_items(names: object, where: str) -> str:
    wanted = " or ".join(f"linkId = '{name}'" for name in names)  # type: ignore[attr-defined]
    return f"{where}.where({wanted}).answer.value"
