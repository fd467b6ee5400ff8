"""What the command line shows while it works."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import rich.progress
from rich.console import Console
from rich.markup import escape

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


@dataclass(slots=True)
class Step:
    """One line of progress; whoever does the step says how it ended."""

    title: str
    outcome: str = "done"


@dataclass(frozen=True, slots=True)
class Progress:
    console: Console = field(default_factory=lambda: out)

    @contextmanager
    def step(self, title: str) -> Iterator[Step]:
        step = Step(title)
        began = time.monotonic()
        with self.console.status(escape(title)):
            try:
                yield step
            except BaseException:
                self.console.print(f"[red]✗[/] {escape(title)}")
                raise
        took = f"[dim]{time.monotonic() - began:5.1f} s[/]"
        self.console.print(f"[green]✓[/] {escape(title):<24} {took}  {escape(step.outcome)}")


def bars() -> rich.progress.Progress:
    """Return progress bars that count in whole things."""
    columns = (
        rich.progress.TextColumn("{task.description:<22}"),
        rich.progress.BarColumn(),
        rich.progress.MofNCompleteColumn(),
        rich.progress.TimeElapsedColumn(),
    )
    return rich.progress.Progress(*columns, console=out)


def show_failure(reason: str, advice: str) -> None:
    err.print(f"[red bold]{escape(reason)}[/]")
    if advice:
        err.print(escape(advice))
