"""The picture of the house is the house: drawn from the imports, every layer in it, arrows down only."""

from __future__ import annotations

from tests.docs.house import PICTURE, SAYS, drawn, rows, svg, uses
from tests.test_architecture import LAYERS


def test_the_picture_is_of_the_imports_as_they_are() -> None:
    assert PICTURE.read_text("utf-8") == svg(), "python -m tests.docs.house draws it anew"


def test_every_layer_is_in_it() -> None:
    assert set(SAYS) == set(LAYERS) - {"alliance"}


def test_every_arrow_points_down() -> None:
    level = {name: number for number, row in enumerate(rows()) for name in row}
    assert len(drawn()) >= len(SAYS) - 1
    assert all(level[above] < level[below] for above, below in drawn())
    assert "alliance.storage" not in uses()["alliance.web"]


def test_no_layer_stands_upon_another() -> None:
    for row in rows():
        columns = [SAYS[name][0] for name in row]
        assert len(set(columns)) == len(columns), row
