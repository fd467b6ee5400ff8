"""A command of the operator's own corrects events, one per line."""

from __future__ import annotations

import json

import pytest

from ops.kit.errors import OperationFailed
from ops.replay.fix_command import fix_with

EVENTS = [b'{"user_id": 7}', b'{"user_id": "u"}']


def test_each_event_that_is_json_goes_through_the_command() -> None:
    fix = fix_with('sed \'s/"user_id": 7/"user_id": "7"/\'')

    first, second, third = fix([EVENTS[0], b"not JSON", EVENTS[1]])

    assert (json.loads(first), second, json.loads(third)) == (
        {"user_id": "7"},
        b"not JSON",
        {"user_id": "u"},
    )


@pytest.mark.parametrize("command", ["exit 3", "head -n 1"], ids=["it fails", "it loses events"])
def test_a_command_that_does_not_answer_for_each_event_is_an_error(command: str) -> None:
    with pytest.raises(OperationFailed, match=command):
        fix_with(command)(EVENTS)
