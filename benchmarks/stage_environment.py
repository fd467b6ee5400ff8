"""The local stage's settings as environment variables, with credentials that open nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

_CONFIG = Path(__file__).parents[1] / ".chalice" / "config.json"
_AWS = {
    "AWS_ACCESS_KEY_ID": "none",
    "AWS_SECRET_ACCESS_KEY": "none",
    "AWS_DEFAULT_REGION": "us-east-1",
}


def local_environment() -> dict[str, str]:
    stages: Mapping[str, Mapping[str, dict[str, str]]]
    stages = json.loads(_CONFIG.read_text())["stages"]
    return stages["local"]["environment_variables"] | _AWS
