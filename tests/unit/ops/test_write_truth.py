"""The producer's truth: a line for each checkout that was stored."""

from __future__ import annotations

import json
from pathlib import Path

from chalicelib.traffic.stories import Event
from ops.traffic.produce.write_truth import write_truth
from tests.builders import NOON_MS


def test_a_line_names_the_click_and_the_campaign_of_a_checkout(tmp_path: Path) -> None:
    click: Event = {
        "event_type": "click",
        "user_id": "u",
        "event_id": "c",
        "timestamp": NOON_MS,
        "properties": {"campaign": "newsletter"},
    }
    checkout = click | {"event_type": "checkout", "event_id": "o", "timestamp": NOON_MS + 1}

    write_truth(tmp_path / "truth.jsonl", [click, checkout])

    [line] = (tmp_path / "truth.jsonl").read_text().splitlines()
    assert json.loads(line) == {
        "user_id": "u",
        "checkout_id": "o",
        "checked_out_at": "2026-11-20T12:00:00.001Z",
        "click_id": "c",
        "campaign": "newsletter",
    }
