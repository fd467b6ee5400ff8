"""The local stage's settings as environment variables, with credentials that open nothing."""

from __future__ import annotations

import json
from pathlib import Path

_CONFIG = Path(__file__).parents[1] / ".chalice" / "config.json"
_AWS = {
    "AWS_ACCESS_KEY_ID": "none",
    "AWS_SECRET_ACCESS_KEY": "none",
    "AWS_DEFAULT_REGION": "us-east-1",
}


def local_environment() -> dict[str, str]:
    config = json.loads(_CONFIG.read_text())
    names: dict[str, str] = config["environment_variables"]
    own: dict[str, str] = config["stages"]["local"]["environment_variables"]
    return names | own | _AWS
