"""Correct events with a command of the caller's own."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Sequence

from chalicelib.replay.replay_object import Fix
from ops.kit.errors import OperationFailed

# Takes how many payloads of an object the command did not get.
PassOver = Callable[[int], None]


def fix_with(command: str, passed_over: PassOver) -> Fix:
    """Pipe every payload that is JSON through a shell command, one per line; count the others."""

    def fix(payloads: Sequence[bytes]) -> Sequence[bytes]:
        lines = {n: line for n, one in enumerate(payloads) if (line := _as_line(one)) is not None}
        passed_over(len(payloads) - len(lines))
        answers = dict(zip(lines, _answers(command, list(lines.values())), strict=True))
        return [answers.get(n, one) for n, one in enumerate(payloads)]

    return fix


def _as_line(payload: bytes) -> bytes | None:
    try:
        event = json.loads(payload)
    except (ValueError, RecursionError):
        return None
    try:
        return json.dumps(event, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        # Half a surrogate pair has no UTF-8, but an escape.
        return json.dumps(event).encode()


def _answers(command: str, lines: Sequence[bytes]) -> Sequence[bytes]:
    if not lines:
        return []
    ran = subprocess.run(  # noqa: S602  the caller's own command, as at their own prompt
        command,
        shell=True,
        input=b"".join(line + b"\n" for line in lines),
        capture_output=True,
        check=False,
    )
    if ran.returncode:
        why = ran.stderr.decode(errors="replace").strip()
        raise OperationFailed(f"`{command}` failed with exit code {ran.returncode}.", why)
    answers = ran.stdout.splitlines()
    if len(answers) != len(lines):
        raise OperationFailed(
            f"`{command}` read {len(lines)} events and wrote {len(answers)} lines.",
            "It must write one line for each line it reads, as `jq -c` does.",
        )
    return answers
