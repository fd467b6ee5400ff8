"""What the command line prints: progress, tables and failures."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import rich.progress
from rich.console import Console
from rich.markup import escape
from rich.table import Table

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


@dataclass(slots=True)
class ProgressLine:
    """One line of progress; the code inside its block sets the outcome."""

    title: str
    outcome: str = "done"


@dataclass(frozen=True, slots=True)
class Progress:
    console: Console = field(default_factory=lambda: out)

    @contextmanager
    def line(self, title: str) -> Iterator[ProgressLine]:
        line = ProgressLine(title)
        began = time.monotonic()
        with self.console.status(escape(title)):
            try:
                yield line
            except BaseException:
                self.console.print(f"[red]✗[/] {escape(title)}")
                raise
        took = f"[dim]{time.monotonic() - began:5.1f} s[/]"
        self.console.print(f"[green]✓[/] {escape(title):<24} {took}  {escape(line.outcome)}")

    def detail(self, text: str) -> None:
        """Print a line that belongs to the progress line under way."""
        self.console.print(f"    {text}", markup=False, soft_wrap=True)


def bars(*more: rich.progress.ProgressColumn) -> rich.progress.Progress:
    """Return progress bars that count in whole things."""
    columns = (
        rich.progress.TextColumn("{task.description:<22}"),
        rich.progress.BarColumn(),
        rich.progress.MofNCompleteColumn(),
        *more,
        rich.progress.TimeElapsedColumn(),
    )
    return rich.progress.Progress(*columns, console=out)


def table(*columns: str, numbers: Collection[str] = (), folded: Collection[str] = ()) -> Table:
    """Return a table without lines: `numbers` are flush right, and `folded` may wrap."""
    made = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    for column in columns:
        justify = "right" if column in numbers else "left"
        made.add_column(column, justify=justify, no_wrap=column not in folded, overflow="fold")  # type: ignore[arg-type]
    return made


def listing(rows: Iterable[tuple[str, str]]) -> Table:
    """Return names and values, one pair per line."""
    made = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    made.add_column(style="bold", no_wrap=True)
    made.add_column(overflow="fold")
    for name, value in rows:
        made.add_row(escape(name), escape(value))
    return made


def show_failure(reason: str, advice: str) -> None:
    err.print(f"[red bold]{escape(reason)}[/]")
    if advice:
        err.print(escape(advice))
