"""The figures of a stage, as a table for people and as JSON for machines."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One figure, beside the least that the same work could cost and what another tool takes.

    `floor` and `peer` are in the figure's unit. A unit that ends in `/s` is a rate, where more
    is better; of any other less is better.
    """

    name: str
    figure: float
    unit: str
    floor: float | None = None
    floor_name: str = ""
    peer: float | None = None
    peer_name: str = ""
    at_most: float | None = None
    at_least: float | None = None
    max_ratio: float | None = None
    max_peer_ratio: float | None = None

    @property
    def ratio(self) -> float | None:
        """How many times the floor's cost this costs.

        >>> Row(name="x", figure=50, unit="events/s", floor=100).ratio
        2.0
        """
        return self._times(self.floor)

    @property
    def peer_ratio(self) -> float | None:
        """How many times the peer's cost this costs.

        >>> Row(name="x", figure=50, unit="MB", peer=100).peer_ratio
        0.5
        """
        return self._times(self.peer)

    @property
    def is_met(self) -> bool:
        return (
            (self.at_most is None or self.figure <= self.at_most)
            and (self.at_least is None or self.figure >= self.at_least)
            and _is_within(self.ratio, self.max_ratio)
            and _is_within(self.peer_ratio, self.max_peer_ratio)
        )

    @property
    def targets(self) -> list[tuple[str, str]]:
        """What the figure is to be, and in which unit."""
        bounds = (
            ("≤", self.at_most, self.unit),
            ("≥", self.at_least, self.unit),
            ("≤", self.max_ratio, "x floor"),
            ("≤", self.max_peer_ratio, "x peer"),
        )
        return [(f"{sign} {bound:,g}", unit) for sign, bound, unit in bounds if bound is not None]

    def _times(self, other: float | None) -> float | None:
        if other is None:
            return None
        return other / self.figure if self.unit.endswith("/s") else self.figure / other


def _is_within(ratio: float | None, bound: float | None) -> bool:
    return ratio is None or bound is None or ratio <= bound


def show(name: str, rows: Sequence[Row], console: Console | None = None) -> None:
    table = Table(title=name, title_justify="left", show_lines=True)
    table.add_column("what, [dim]over which floor[/], [dim]beside which peer[/]", min_width=22)
    for heading in ("figure", "floor", "peer", "target", "met"):
        table.add_column(heading, justify="right", no_wrap=True)
    for row in rows:
        table.add_row(
            f"{row.name}{_dim('over', row.floor_name)}{_dim('beside', row.peer_name)}",
            f"{_quantity(row.figure)}\n[dim]{row.unit}[/]",
            _compared(row.floor, row.ratio),
            _compared(row.peer, row.peer_ratio),
            _targets(row),
            _verdict(row),
        )
    (console or Console()).print(table)


def show_verdicts(rows_by_name: Mapping[str, Sequence[Row]], console: Console) -> None:
    """Say which targets were met and which were not, of all that has a target."""
    judged = [row for rows in rows_by_name.values() for row in rows if row.targets]
    missed = [row for row in judged if not row.is_met]
    console.print(f"{len(judged) - len(missed)} of {len(judged)} targets met.")
    for row in missed:
        told = ", ".join(" ".join(target) for target in row.targets)
        figure = _quantity(row.figure, row.unit)
        console.print(f"[red]not met[/] {row.name}: {figure}, not {told}", soft_wrap=True)


def _dim(word: str, name: str) -> str:
    return f"\n[dim]{word} {name}[/]" if name else ""


def _compared(number: float | None, ratio: float | None) -> str:
    return "" if ratio is None else f"{_quantity(number)}\n[dim]{ratio:.2f} x[/]"


def _targets(row: Row) -> str:
    """Name the targets; the figure's own unit stands beside it already."""
    return "\n".join(
        target if unit == row.unit else f"{target} {unit}" for target, unit in row.targets
    )


def _verdict(row: Row) -> str:
    return ("yes" if row.is_met else "[red]NO[/]") if row.targets else ""


def _quantity(number: float | None, unit: str = "") -> str:
    if number is None:
        return ""
    digits = 0 if abs(number) >= 1000 else 2 if abs(number) >= 1 else 4
    return f"{number:,.{digits}f} {unit}".strip()


def save(name: str, rows: Sequence[Row], folder: Path = RESULTS) -> Path:
    """Write `<name>.json`, and as `<name>.md` the table for documents, replacing earlier ones."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.json"
    figures = [
        asdict(row) | {"ratio": row.ratio, "peer_ratio": row.peer_ratio, "is_met": row.is_met}
        for row in rows
    ]
    path.write_text(json.dumps({"name": name, **machine(), "rows": figures}, indent=2) + "\n")
    path.with_suffix(".md").write_text(markdown(rows))
    return path


def markdown(rows: Sequence[Row]) -> str:
    lines = [
        "| what | figure | floor | peer | target | met |",
        "|---|---:|---:|---:|---:|---|",
        *(f"| {' | '.join(_cells(row))} |" for row in rows),
    ]
    return "\n".join(lines) + "\n"


def _cells(row: Row) -> tuple[str, ...]:
    return (
        row.name,
        _quantity(row.figure, row.unit),
        _inline(row.floor, row.ratio, row.floor_name),
        _inline(row.peer, row.peer_ratio, row.peer_name),
        ", ".join(_targets(row).splitlines()),
        ("yes" if row.is_met else "**no**") if row.targets else "",
    )


def _inline(number: float | None, ratio: float | None, name: str) -> str:
    return "" if ratio is None else f"{_quantity(number)} ({ratio:.2f} x): {name}"


def machine() -> dict[str, object]:
    return {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "cpus": os.cpu_count(),
    }
