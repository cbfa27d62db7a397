"""Writes docs/deploy/requirements.lock and docs/deploy/sbom.cdx.json from setup.cfg: `python3 .ci/lock.py [--upgrade]`.

Without `--upgrade`, a version that is in the lock already and still allowed stays; with it, the newest are taken.
What cannot be installed with its hashes is not written. Asks the package index; needs about a minute.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
DEPLOY = ROOT / "docs" / "deploy"
LOCK, BILL = DEPLOY / "requirements.lock", DEPLOY / "sbom.cdx.json"
# Beside what runs: what builds the package from the checkout, so that nothing comes in without a hash.
BUILDS = "setuptools>=68\n"
HEAD = """\
# What Alliance needs to run, each file by its hash. Written by `python3 .ci/lock.py`; never edit it by hand.
# pip install --require-hashes -r docs/deploy/requirements.lock && pip install --no-deps --no-build-isolation .
"""


def main() -> None:
    upgrade = sys.argv[1:] == ["--upgrade"]
    if sys.argv[1:] and not upgrade:
        sys.exit(__doc__)
    with tempfile.TemporaryDirectory() as made:
        tools, clean, new = Path(made, "tools"), Path(made, "clean"), Path(made, "requirements.lock")
        venv.create(tools, with_pip=True)
        run(tools / "bin" / "pip", "install", "-q", "uv", "cyclonedx-bom")
        if LOCK.exists() and not upgrade:
            new.write_text(LOCK.read_text("utf-8"), "utf-8")
        choose = ("pip", "compile", "-q", "setup.cfg", "-", "--universal", "--python-version", "3.11")
        run(tools / "bin" / "uv", *choose, "--generate-hashes", "--no-header", "-o", new, told=BUILDS)

        venv.create(clean, with_pip=True)
        run(clean / "bin" / "pip", "install", "-q", "--require-hashes", "-r", new)
        run(clean / "bin" / "pip", "install", "-q", "--no-deps", "--no-index", "--no-build-isolation", ROOT)
        bill = run(tools / "bin" / "cyclonedx-py", "environment", "--output-reproducible", clean)
        DEPLOY.mkdir(exist_ok=True)
        LOCK.write_text(HEAD + new.read_text("utf-8").removeprefix(HEAD), "utf-8")
        BILL.write_text(json.dumps(about_alliance(json.loads(bill)), indent=1) + "\n", "utf-8")


def run(*command: str | Path, told: str = "") -> str:
    done = subprocess.run(  # noqa: S603 - commands of the environments made above
        command, cwd=ROOT, input=told, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{Path(command[0]).name} could not do its part:\n{done.stderr}")
    return done.stdout


def about_alliance(bill: dict[str, Any]) -> dict[str, Any]:
    """The bill with Alliance as what it is about, without links and without the folder that it was made in."""
    for each in [*bill["components"], *bill["metadata"]["tools"]["components"]]:
        each.pop("externalReferences", None)
    ours = next(each for each in bill["components"] if each["name"] == "alliance")
    ours |= {"type": "application", "purl": f"pkg:pypi/alliance@{ours['version']}"}
    bill["metadata"]["component"] = ours
    bill["components"].remove(ours)
    return bill


if __name__ == "__main__":
    main()
