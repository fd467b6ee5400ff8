"""A job's log lines: those of the app's functions, with their metrics embedded."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import TextIO

from chalicelib.telemetry import Telemetry

APP = "eventstream"


@dataclass(frozen=True, slots=True)
class JobRun:
    """What Lambda's context is to a function: the names that its lines and metrics have."""

    function_name: str
    aws_request_id: str


def logged(
    job: str,
    stage: str,
    run_id: str,
    work: Callable[[Telemetry], None],
    stream: TextIO | None = None,
    app: str = APP,
) -> None:
    """Do a job's work; its error is logged with the metric Failures, and raised again.

    `job` is the dimension `function` of its metrics. Glue keeps standard output in a log group.
    """
    telemetry = Telemetry(app, stage, stream or sys.stdout)
    handler = telemetry.observed(lambda _event, _context: work(telemetry))
    handler({}, JobRun(f"{app}-{stage}-{job}", run_id))
