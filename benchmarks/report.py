"""The figures of a stage, as a table for people and as JSON for machines."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One figure; `floor` is the least that the same work could cost, in the same unit.

    A unit that ends in `/s` is a rate, where more is better; of any other less is better.
    """

    name: str
    figure: float
    unit: str
    floor: float | None = None
    floor_name: str = ""
    at_most: float | None = None
    at_least: float | None = None
    max_ratio: float | None = None

    @property
    def ratio(self) -> float | None:
        """How many times the floor's cost this costs.

        >>> Row(name="x", figure=50, unit="events/s", floor=100).ratio
        2.0
        """
        if self.floor is None:
            return None
        return self.floor / self.figure if self.unit.endswith("/s") else self.figure / self.floor

    @property
    def is_met(self) -> bool:
        return (
            (self.at_most is None or self.figure <= self.at_most)
            and (self.at_least is None or self.figure >= self.at_least)
            and (self.max_ratio is None or self.ratio is None or self.ratio <= self.max_ratio)
        )

    @property
    def target(self) -> str:
        targets = (
            ("≤", self.at_most, f" {self.unit}"),
            ("≥", self.at_least, f" {self.unit}"),
            ("≤", self.max_ratio, " x"),
        )
        return "\n".join(f"{sign} {bound:,g}{unit}" for sign, bound, unit in targets if bound)


def show(name: str, rows: Sequence[Row], console: Console | None = None) -> None:
    table = Table(title=name, title_justify="left", show_lines=True)
    table.add_column("what, and [dim]over which floor[/dim]", min_width=18)
    for heading in ("figure", "floor", "ratio", "target", "met"):
        table.add_column(heading, justify="right", no_wrap=heading != "target")
    for row in rows:
        table.add_row(
            f"{row.name}\n[dim]{row.floor_name}[/dim]" if row.floor_name else row.name,
            _quantity(row.figure, row.unit),
            _quantity(row.floor),
            "" if row.ratio is None else f"{row.ratio:.2f}",
            row.target,
            ("yes" if row.is_met else "NO") if row.target else "",
        )
    (console or Console()).print(table)


def _quantity(number: float | None, unit: str = "") -> str:
    if number is None:
        return ""
    digits = 0 if abs(number) >= 1000 else 2 if abs(number) >= 1 else 4
    return f"{number:,.{digits}f} {unit}".strip()


def save(name: str, rows: Sequence[Row], folder: Path = RESULTS) -> Path:
    """Write `<name>.json`, replacing an earlier one, and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.json"
    machine = {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "cpus": os.cpu_count(),
    }
    figures = [asdict(row) | {"ratio": row.ratio, "is_met": row.is_met} for row in rows]
    path.write_text(json.dumps({"name": name, **machine, "rows": figures}, indent=2) + "\n")
    return path
