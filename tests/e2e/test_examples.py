"""The examples of README and docs/api.md, run as they are written."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from ops.kit.project import ROOT
from ops.local.cloud import Cloud

pytestmark = pytest.mark.e2e

API = (ROOT / "docs" / "api.md").read_text()
README = (ROOT / "README.md").read_text()
# A command, and the answer where one follows before the next block.
BLOCK = re.compile(
    r"^```(?:sh)?\n((?:NOW=|curl ).*?)^```\n(?:(?:(?!```).)*```json\n(.*?)^```)?",
    re.MULTILINE | re.DOTALL,
)


def examples() -> Iterator[tuple[str, str | None]]:
    for text in (README, API):
        for command, answer in BLOCK.findall(text):
            # The tests' machine need not have what turns JSON into CSV.
            yield command.partition(" | jq")[0], answer or None


def commands() -> list[str]:
    return [command for command, _ in examples()]


def run(cloud: Cloud, command: str) -> str:
    ran = subprocess.run(
        ["bash", "-euc", f'curl() {{ command curl --silent "$@"; }}\n{command}'],
        cwd=ROOT,
        env=os.environ
        | {
            "API_URL": cloud.api_url,
            "API_KEY": cloud.api_key,
            "READ_KEY": cloud.read_key,
            "ADMIN_KEY": cloud.admin_key,
        },
        capture_output=True,
        text=True,
        check=True,
    )
    return ran.stdout


def fields(value: Any) -> set[str]:
    return set(value) if isinstance(value, dict) else set()


def test_there_is_an_example_of_every_read_route() -> None:
    asked = set(re.findall(r'curl "\$API_URL(/[^"?]*)', "".join(commands())))

    assert asked >= {
        "/metrics/live",
        "/metrics",
        "/metrics/event-types",
        "/anomalies",
        "/runs",
        "/batches",
        "/quarantine",
        "/freshness",
        "/openapi.json",
    }


@pytest.mark.parametrize(("command", "shown"), examples(), ids=lambda one: str(one)[:60])
def test_an_example_is_answered_as_it_is_shown(
    cloud: Cloud, command: str, shown: str | None
) -> None:
    answer = json.loads(run(cloud, command))

    refused = {"errors"}
    if shown is None:
        assert fields(answer) != refused
    else:
        assert fields(answer) == fields(json.loads(shown))
