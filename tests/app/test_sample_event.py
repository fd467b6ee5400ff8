"""The sample that the README sends."""

from __future__ import annotations

import json
from pathlib import Path

from chalicelib.model.event import check_client_event
from tests.app.api import Api

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "events" / "sample_event.json"


def test_the_sample_event_is_valid() -> None:
    check_client_event(json.loads(SAMPLE.read_text()))


def test_the_sample_event_is_stored_by_the_api(api: Api) -> None:
    reply = api.send("/events", SAMPLE.read_text())

    [record] = api.streams.records["eventstream-local-events"]
    assert reply.status == 200
    assert json.loads(record.body).items() >= json.loads(SAMPLE.read_text()).items()


def test_the_readme_sends_the_sample_event() -> None:
    assert f"-d @{SAMPLE.relative_to(ROOT)}" in (ROOT / "README.md").read_text()
