"""What a function loads, seen in an interpreter of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]
HEAVY = {"numpy", "pandas", "psycopg", "pyarrow"}

POST_ONE_EVENT = """
import json
from tests.app.api import api_over
from tests.builders import make_client_event
from tests.fakes import FakeStreams

with api_over(FakeStreams()) as api:
    assert api.post("/events", make_client_event()).status == 200
    assert api.post("/events/batch", [make_client_event()]).status == 200
"""
IMPORT_APP = """
import app
from chalicelib.wiring import pipeline
wings = [wing for wing in vars(pipeline()).values() if wing is not None]
built = {part for wing in wings for part in vars(wing)}
"""
REPORT = """
import sys, json
packages = sorted({name.partition(".")[0] for name in sys.modules})
print(json.dumps([packages, sorted(globals().get("built", ()))]))
"""


def run(code: str, env: Mapping[str, str] | None = None) -> tuple[set[str], set[str]]:
    """Return the packages that are loaded after the code, and what of the pipeline is built."""
    done = subprocess.run(
        [sys.executable, "-c", code + REPORT],
        cwd=ROOT,
        env=os.environ | (env or {}),
        capture_output=True,
        text=True,
        check=True,
    )
    packages, built = json.loads(done.stdout.splitlines()[-1])
    return set(packages), set(built)


def test_ingest_loads_nothing_heavy() -> None:
    packages, _ = run(POST_ONE_EVENT)

    assert packages.isdisjoint(HEAVY)


def test_the_function_that_serves_http_is_ready_once_it_has_started() -> None:
    # Nothing is listening there, so that the keys can't be read; a start goes on without them.
    nowhere = {"AWS_ENDPOINT_URL_DYNAMODB": "http://127.0.0.1:9"}
    packages, built = run(IMPORT_APP, {"_HANDLER": "app.app"} | nowhere)

    assert {"ingest_event", "ingest_batch", "stream_writer", "admit", "keys"} <= built
    assert packages.isdisjoint(HEAVY)


def test_any_other_function_starts_without_building_anything() -> None:
    packages, built = run(IMPORT_APP, {"_HANDLER": "app.process_events"})

    assert built == set()
    # Powertools imports botocore itself, which is one small module, and none of its others.
    assert packages.isdisjoint(HEAVY | {"boto3", "s3transfer"})
