"""How the batch job on Spark grows with the lake: `python -m benchmarks spark`.

It runs in .venv-spark, which `make test-spark` builds, with two cores.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from chalicelib.model.attribution_report import Model

ROOT = Path(__file__).parents[1]
PYTHON = ROOT / ".venv-spark" / "bin" / "python"
MILLION = 1_000_000
SIZES = (1.0, 3.0, 10.0)
MIB = 2**20


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks spark", description=__doc__)
    parser.add_argument(
        "millions", nargs="*", type=float, default=SIZES, help="millions of clicks; 1 3 10"
    )
    parser.add_argument("--model", type=Model, default=Model.FIRST_CLICK, choices=list(Model))
    asked = parser.parse_args(arguments)
    if not PYTHON.exists():
        parser.error(".venv-spark is missing; build it with: make test-spark")
    found: dict[float, dict[str, Any]] = {}
    for once in _each(asked.model, [int(size * MILLION) for size in asked.millions]):
        found[once["clicks"] / MILLION] = once
        sys.stderr.write(f"{json.dumps(once)}\n")
    Console().print(_table(found, asked.model))


def _each(model: Model, sizes: Sequence[int]) -> Iterator[dict[str, Any]]:
    command = [str(PYTHON), "-m", "benchmarks.spark_once", str(model), *map(str, sizes)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment
    ) as ran:
        for line in ran.stdout or ():
            yield json.loads(line)
    if ran.returncode:
        raise subprocess.CalledProcessError(ran.returncode, command)


def _table(found: dict[float, dict[str, Any]], model: Model) -> Table:
    table = Table(title=f"batch on Spark, {model}", title_justify="left")
    for heading in ("M clicks", "CPU s", "CPU s / M", "times", "shuffled MiB", "bytes / click"):
        table.add_column(heading, justify="right")
    least = min(found)
    for size, once in found.items():
        per_million = once["cpu_s"] / size
        shuffled = sum(stage["bytes"] for stage in once["shuffled"])
        table.add_row(
            f"{size:g}",
            f"{once['cpu_s']:.1f}",
            f"{per_million:.2f}",
            f"{per_million / (found[least]['cpu_s'] / least):.2f}",
            f"{shuffled / MIB:.1f}",
            f"{shuffled / size / MILLION:.0f}",
        )
    return table
