"""What the read side loads, and that nobody else loads it."""

from __future__ import annotations

from tests.architecture.test_imports import HEAVY, run

BUILD_READ_SIDE = """
from chalicelib.wiring import query
wing = query.QueryWing.from_env(None)
"""
POST_ONE_EVENT = """
import sys
from tests.app.api import api_over
from tests.builders import make_client_event
from tests.fakes import FakeStreams

with api_over(FakeStreams()) as api:
    assert api.post("/events", make_client_event()).status == 200
assert not [name for name in sys.modules if name.startswith("chalicelib.query")]
"""


def test_the_read_side_loads_nothing_heavy() -> None:
    packages, _ = run(BUILD_READ_SIDE)

    assert packages.isdisjoint(HEAVY)


def test_ingest_does_not_load_the_read_side() -> None:
    run(POST_ONE_EVENT)
