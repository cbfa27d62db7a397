"""`python -m alliance.cli` is the same as `alliance`."""

from __future__ import annotations

from alliance.cli import main

main(prog_name="alliance")
