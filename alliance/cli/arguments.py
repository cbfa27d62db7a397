"""What several commands take."""

from __future__ import annotations

from pathlib import Path

import click

LOCAL = "127.0.0.1"
FOLDER = click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
