"""A command of the operator's own corrects events, one per line."""

from __future__ import annotations

import json

import pytest

from ops.kit.errors import OperationFailed
from ops.replay.fix_command import fix_with


def ignore(_n_payloads: int) -> None:
    """Take no notice of what the command does not get."""


EVENTS = [b'{"user_id": 7}', b'{"user_id": "u"}']


def test_each_event_that_is_json_goes_through_the_command() -> None:
    passed_over = list[int]()
    fix = fix_with('sed \'s/"user_id": 7/"user_id": "7"/\'', passed_over.append)

    first, second, third = fix([EVENTS[0], b"not JSON", EVENTS[1]])

    assert (json.loads(first), second, json.loads(third)) == (
        {"user_id": "7"},
        b"not JSON",
        {"user_id": "u"},
    )
    assert passed_over == [1]


def test_half_a_surrogate_pair_reaches_the_command_as_its_escape() -> None:
    fix = fix_with(r"sed 's/\\ud83d//'", ignore)

    [fixed] = fix([b'{"source": "cut \\ud83d"}'])

    assert json.loads(fixed) == {"source": "cut "}


@pytest.mark.parametrize("command", ["exit 3", "head -n 1"], ids=["it fails", "it loses events"])
def test_a_command_that_does_not_answer_for_each_event_is_an_error(command: str) -> None:
    with pytest.raises(OperationFailed, match=command):
        fix_with(command, ignore)(EVENTS)
