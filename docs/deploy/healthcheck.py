"""Ends with 0 if the clinic in this folder is up, else with 1: asks /status by the name and port of its clinic.toml."""

import sys
import tomllib
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlsplit


def up(folder: Path) -> bool:
    settings = tomllib.loads((folder / "clinic.toml").read_text("utf-8"))
    asked = HTTPConnection("127.0.0.1", settings.get("port", 8080), timeout=4)
    try:
        asked.request("GET", "/status", headers={"Host": urlsplit(settings["public_url"]).netloc})
        return asked.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        asked.close()


if __name__ == "__main__":
    sys.exit(0 if up(Path(sys.argv[1])) else 1)
