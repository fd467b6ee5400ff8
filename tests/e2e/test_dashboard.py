"""The dashboard's main path on the deployed artefact, in a real browser."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from ops.kit.project import ROOT
from ops.local.cloud import Cloud

pytestmark = [pytest.mark.e2e, pytest.mark.browser, pytest.mark.slow]

MAIN_PATH = "tests/browser/test_main_path.py"


def test_what_everybody_does_works_on_the_deployed_dashboard(cloud: Cloud) -> None:
    environment = {
        # A process of several would say where it belongs.
        **{name: v for name, v in os.environ.items() if not name.startswith("PYTEST_")},
        "DASHBOARD_API_URL": cloud.api_url,
        "DASHBOARD_READ_KEY": cloud.read_key,
        "DASHBOARD_INGEST_KEY": cloud.api_key,
    }
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", MAIN_PATH],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 0, ran.stdout + ran.stderr
