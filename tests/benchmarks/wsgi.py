"""What gunicorn serves in the measures: `hello`, the least that Flask can do, and `clinic`, the product."""

from __future__ import annotations

import os
from pathlib import Path

from flask import Flask

from alliance.actions.clinic import open_clinic
from alliance.app import create_app
from tests.benchmarks.measuring import bare


def hello() -> Flask:
    return bare()


def clinic() -> Flask:
    return create_app(open_clinic(Path(os.environ["ALLIANCE_FOLDER"])))
