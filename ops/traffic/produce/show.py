"""Progress and statistics of a producer, as text."""

from __future__ import annotations

from collections.abc import Iterator

from rich.markup import escape
from rich.table import Table

from ops.kit.console import err, out
from ops.traffic.produce.statistics import BEHIND_MS, Statistics


def note(statistics: Statistics) -> str:
    """Write the state in a few words."""
    text = f"{statistics.rate:,.1f}/s"
    if statistics.answers.n_failed:
        text += f" [red]{statistics.answers.n_failed:,} failed[/]"
    behind = f" [yellow]{statistics.delay_ms / 1000:.1f} s behind[/]"
    return text + (behind if statistics.is_behind else "")


def summary(statistics: Statistics, asked_rate: float) -> None:
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(no_wrap=True, justify="right")
    table.add_column(overflow="fold")
    for row in _rows(statistics, asked_rate):
        table.add_row(*row)
    out.print(table)
    if statistics.error:
        err.print(f"[red]{escape(statistics.error)}[/]", soft_wrap=True)
    if statistics.is_behind:
        err.print(f"[yellow]{_warning(statistics, asked_rate)}[/]", soft_wrap=True)


def _rows(statistics: Statistics, asked_rate: float) -> Iterator[tuple[str, str, str]]:
    answers = statistics.answers
    refused = ", ".join(f"{code} {n:,}" for code, n in answers.refused_codes.most_common())
    counts = {
        "sent": (statistics.n_sent, f"events in {len(statistics.latencies_s):,} requests"),
        "accepted": (answers.n_accepted, ""),
        "refused": (answers.n_refused, refused),
        "duplicates": (answers.n_duplicates, ""),
        "failed": (answers.n_failed, ""),
        "retried": (statistics.n_retries, "requests"),
    }
    if statistics.n_skipped:
        counts["skipped"] = statistics.n_skipped, "were due but never sent"
    for name, (n, remark) in counts.items():
        yield name, f"{n:,}", remark
    yield "rate", f"{statistics.rate:,.1f}", f"events/s; {asked_rate:,g} requested"
    yield "delay", f"{statistics.delay_ms:,}", "ms behind schedule at most"
    names = "p50", "p95", "p99", "max"
    for name, ms in zip(names, statistics.percentiles_ms(50, 95, 99, 100), strict=False):
        yield f"latency {name}", f"{ms:,.1f}", "ms"


def _warning(statistics: Statistics, asked_rate: float) -> str:
    text = f"Could not keep up with {asked_rate:,g} events per second"
    if statistics.delay_ms >= BEHIND_MS:
        text += f": batches were sent up to {statistics.delay_ms / 1000:.1f} s late"
    hint = "" if statistics.answers.n_failed else " Larger batches or more connections may help."
    return f"{text}.{hint}"
