"""A local cloud of the tests' own, on a free port and in a folder of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ops.kit.project import ROOT
from ops.local.cloud import Cloud
from ops.local.home import Home
from ops.local.port import free_port

Ops = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def ops() -> Ops:
    """Run the command line as a person would, from an environment that has settings of its own."""

    def run(*arguments: str | int | Path) -> subprocess.CompletedProcess[str]:
        misleading = {
            "AWS_PROFILE": "production",
            "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
            "AWS_ACCESS_KEY_ID": "AKIAREALLYREALLYREAL",
            "COLUMNS": "200",
        }
        return subprocess.run(
            [sys.executable, "-m", "ops", *map(str, arguments)],
            cwd=ROOT,
            env=os.environ | misleading,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


@pytest.fixture(scope="session")
def state(ops: Ops, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return the folder of a local cloud that is up, and is taken down with the last test."""
    folder = tmp_path_factory.mktemp("cloud")
    ran = ops("up", "--port", free_port(), "--state", folder)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    yield folder
    ops("down", "--purge", "--state", folder)


@pytest.fixture(scope="session")
def cloud(state: Path) -> Cloud:
    return Cloud.load(Home(state))


@pytest.fixture(scope="session")
def fuzz_cases(pytestconfig: pytest.Config) -> int:
    """Return how many generated requests are sent, all routes together."""
    return int(pytestconfig.getoption("--fuzz-cases"))
