"""The figures of a stage, as a table for people, as a table for documents, and as JSON."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from benchmarks.ratio import Ratio
from benchmarks.row import Comparison, Row

RESULTS = Path(__file__).parent / "results"
LEGEND = (
    "A ratio is our cost divided by that of the floor, peer or smaller run; less is better."
    " It is the median over paired turns, with quartiles. Figures are medians."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A row's own figure, or one of its comparisons, as text."""

    name: str
    figure: str
    ratio: str
    target: str
    is_met: bool | None

    @property
    def verdict(self) -> str:
        return {None: "", True: "met", False: "missed"}[self.is_met]


def show(name: str, rows: Sequence[Row], console: Console) -> None:
    table = Table(title=name, title_justify="left", caption=LEGEND, caption_justify="left")
    table.add_column("what, [dim]compared with[/]", min_width=22)
    for heading in ("figure", "ratio \\[q1-q3]", "target"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    for row in rows:
        own = _own_line(row)
        table.add_row(_title(row), own.figure, "", own.target, _colored(own))
        for line in _compared_lines(row):
            what = Padding(f"[dim]{escape(line.name)}[/]", (0, 0, 0, 2))
            table.add_row(what, line.figure, escape(line.ratio), line.target, _colored(line))
        table.add_section()
    console.print(table)


def show_verdicts(rows_by_name: Mapping[str, Sequence[Row]], console: Console) -> None:
    """Count the targets that were met, and name those that were missed."""
    rows = [row for rows in rows_by_name.values() for row in rows]
    judged = [(row, line) for row in rows for line in _lines(row) if line.is_met is not None]
    missed = [(row, line) for row, line in judged if not line.is_met]
    console.print(f"{len(judged) - len(missed)} of {len(judged)} targets met.")
    for row, line in missed:
        found = f"{line.ratio} x {line.name}" if line.ratio else f"{line.figure} {row.unit}"
        console.print(
            f"[red]missed[/] {escape(f'{row.name}: {found}, target {line.target}')}",
            soft_wrap=True,
        )


def save(name: str, rows: Sequence[Row], folder: Path = RESULTS) -> Path:
    """Write `<name>.json`, and as `<name>.md` the table for documents, replacing earlier ones."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.json"
    content = {"name": name, **machine(), "rows": [_plain(row) for row in rows]}
    path.write_text(json.dumps(content, indent=2) + "\n")
    path.with_suffix(".md").write_text(markdown(rows))
    return path


def markdown(rows: Sequence[Row]) -> str:
    """Return a table with a line for each comparison, or for a row that has none."""
    lines = [
        "| what | figure | compared with | ratio | target | verdict |",
        "|---|---:|---|---:|---:|---|",
        *(f"| {' | '.join(cells)} |" for row in rows for cells in _cells(row)),
    ]
    return "\n".join(lines) + "\n"


def machine() -> dict[str, object]:
    return {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "cpus": os.cpu_count(),
    }


def _lines(row: Row) -> list[Line]:
    return [_own_line(row), *_compared_lines(row)]


def _own_line(row: Row) -> Line:
    return Line(
        name=row.name,
        figure=_number(row.figure),
        ratio="",
        target=_bound(row.at_most),
        is_met=row.is_met,
    )


def _compared_lines(row: Row) -> Iterator[Line]:
    for comparison in row.comparisons:
        yield Line(
            name=f"{comparison.kind}: {comparison.name}",
            figure=_number(comparison.figure),
            ratio=_spread(comparison.ratio),
            target=_bound(comparison.at_most),
            is_met=comparison.is_met,
        )


def _title(row: Row) -> str:
    note = f"\n[dim]{escape(row.note)}[/]" if row.note else ""
    return f"{escape(row.name)}, [dim]{row.unit}[/]{note}"


def _colored(line: Line) -> str:
    return f"[red]{line.verdict}[/]" if line.is_met is False else line.verdict


def _cells(row: Row) -> Iterator[tuple[str, ...]]:
    own = _own_line(row)
    name = f"{row.name} ({row.note})" if row.note else row.name
    figure = f"{own.figure} {row.unit}"
    if own.is_met is not None or not row.comparisons:
        yield name, figure, "", "", own.target, own.verdict
        name, figure = "", ""
    for line in _compared_lines(row):
        yield name, figure, f"{line.name}: {line.figure}", line.ratio, line.target, line.verdict
        name, figure = "", ""


def _plain(row: Row) -> dict[str, object]:
    comparisons = [_plain_comparison(comparison) for comparison in row.comparisons]
    return asdict(row) | {"is_met": row.is_met, "comparisons": comparisons}


def _plain_comparison(comparison: Comparison) -> dict[str, object]:
    return asdict(comparison) | {"is_met": comparison.is_met}


def _spread(ratio: Ratio) -> str:
    return f"{_number(ratio.median)} [{_number(ratio.q1)}-{_number(ratio.q3)}]"


def _bound(at_most: float | None) -> str:
    return "" if at_most is None else f"≤ {at_most:,g}"


def _number(number: float) -> str:
    """Write three digits or more.

    >>> [_number(n) for n in (47_193.2, 163.8, 12.34, 1.804, 0.0493)]
    ['47,193', '164', '12.3', '1.80', '0.049']
    """
    size = abs(number)
    digits = 0 if size >= 100 else 1 if size >= 10 else 2 if size >= 1 else 3
    return f"{number:,.{digits}f}"
