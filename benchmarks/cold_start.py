"""How long the HTTP function takes from a fresh interpreter until it is ready to answer."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from benchmarks.row import Other, Row, measured, millis
from benchmarks.stage_environment import local_environment

ROOT = Path(__file__).parents[1]
TURNS = 11
MAX_RATIO = 1.2

FLOOR = """
from chalice.app import Chalice
from pydantic import BaseModel
class Model(BaseModel):
    name: str
import boto3
boto3.client("kinesis")
"""
READY = """
import app
from chalicelib.wiring import pipeline
from chalicelib.wiring.starting import starting
with starting():
    pipeline().ingest.warm_up()
    # All of the warm-up but for reading the keys, for which the function waits.
    pipeline().access.admit
"""
# CPU time, as for every other work of one thread.
TIMED = "import time; start = time.process_time(); {}; print(time.process_time() - start)"


def cold_start() -> Row:
    ready: list[float] = []
    floor: list[float] = []
    for _ in range(TURNS):
        ready.append(_seconds_in_a_fresh_interpreter(READY))
        floor.append(_seconds_in_a_fresh_interpreter(FLOOR))
    return measured(
        "cold start, ready to answer",
        ready,
        millis(),
        Other(
            kind="floor",
            name="import chalice and pydantic, make a boto3 client",
            costs=floor,
            at_most=MAX_RATIO,
        ),
    )


def _seconds_in_a_fresh_interpreter(code: str) -> float:
    timed = TIMED.format(f"exec({code!r})")
    done = subprocess.run(
        [sys.executable, "-c", timed],
        cwd=ROOT,
        env=os.environ | local_environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    return float(done.stdout)
