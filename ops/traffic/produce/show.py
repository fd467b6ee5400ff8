"""Progress and statistics of a producer, for people."""

from __future__ import annotations

from collections.abc import Iterator

from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from ops.kit.console import err, out
from ops.traffic.produce.tally import BEHIND_MS, Tally


def bars() -> Progress:
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    return Progress(*columns, TextColumn("{task.fields[note]}"), TimeElapsedColumn(), console=out)


def note(tally: Tally) -> str:
    """Say in a few words how it goes."""
    text = f"{tally.rate:,.1f}/s"
    if tally.answers.n_failed:
        text += f" [red]{tally.answers.n_failed:,} failed[/]"
    return text + (f" [yellow]{tally.delay_ms / 1000:.1f} s behind[/]" if tally.is_behind else "")


def statistics(tally: Tally, asked_rate: float) -> None:
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(no_wrap=True, justify="right")
    table.add_column(overflow="fold")
    for row in _rows(tally, asked_rate):
        table.add_row(*row)
    out.print(table)
    if tally.error:
        err.print(f"[red]{escape(tally.error)}[/]", soft_wrap=True)
    if tally.is_behind:
        err.print(f"[yellow]{_complaint(tally, asked_rate)}[/]", soft_wrap=True)


def _rows(tally: Tally, asked_rate: float) -> Iterator[tuple[str, str, str]]:
    answers = tally.answers
    refused = ", ".join(f"{code} {n:,}" for code, n in answers.refused_codes.most_common())
    counts = {
        "sent": (tally.n_sent, f"events in {len(tally.latencies_s):,} requests"),
        "accepted": (answers.n_accepted, ""),
        "refused": (answers.n_refused, refused),
        "duplicates": (answers.n_duplicates, ""),
        "failed": (answers.n_failed, ""),
        "retried": (tally.n_retries, "requests"),
    }
    if tally.n_skipped:
        counts["skipped"] = tally.n_skipped, "were due and never sent"
    for name, (n, remark) in counts.items():
        yield name, f"{n:,}", remark
    yield "rate", f"{tally.rate:,.1f}", f"events/s, of {asked_rate:,g} asked for"
    yield "delay", f"{tally.delay_ms:,}", "ms at most behind schedule"
    names = "p50", "p95", "p99", "max"
    for name, ms in zip(names, tally.percentiles_ms(50, 95, 99, 100), strict=False):
        yield f"latency {name}", f"{ms:,.1f}", "ms"


def _complaint(tally: Tally, asked_rate: float) -> str:
    text = f"Could not keep up with {asked_rate:,g} events a second"
    if tally.delay_ms >= BEHIND_MS:
        text += f": batches were sent up to {tally.delay_ms / 1000:.1f} s late"
    hint = "" if tally.answers.n_failed else " Larger batches or more connections may help."
    return f"{text}.{hint}"
