"""A report as tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.markup import escape
from rich.table import Table

from chalicelib.model.hour import Hour
from chalicelib.model.latency import FLOOR_MS
from chalicelib.model.merged import MergedRollup
from chalicelib.query.gather import Report
from ops.kit.console import err, out, table

_MICRO = 1_000_000
_SHOWN_GAPS = 4


def show(report: Report) -> None:
    if report.unknown:
        err.print(f"[yellow]No rollups of {escape(', '.join(report.unknown))}.[/]", soft_wrap=True)
    bounds = f"{report.period.first.text} to {report.period.end.text}, UTC"
    if not report.rows:
        out.print(f"No hours are rolled up from {bounds}.", soft_wrap=True)
        out.print(
            "Hours are rolled up ten minutes after their end, or with `python -m ops rollup`."
        )
        return
    each = "" if report.by == "range" else f", by {report.by}"
    out.print(f"[bold]Rollups from {bounds}{each}[/]", soft_wrap=True)
    out.print(_counts(report))
    for title, shown in (("Latency", _latencies(report)), ("Amounts", _amounts(report))):
        if shown.rows:
            out.print(f"\n[bold]{title}[/]")
            out.print(shown)
    out.print()
    for line in _remarks(report):
        out.print(line, soft_wrap=True)


def _table(*numbers: str) -> Table:
    return table("when", "type", *numbers, numbers=numbers, folded=("type",))


def _counts(report: Report) -> Table:
    shown = _table("hours", "events", "users", "errors", "error rate", "missing")
    for when, row in _with_period(report):
        shown.add_row(
            when,
            escape(row.event_type),
            f"{len(row.hours)}/{len(row.period.hours)}",
            f"{row.count:,}",
            f"{row.unique_users:,}{_mark(row.unique_users_error)}",
            f"{row.errors:,}",
            f"{row.error_rate:.1%}",
            "?" if row.missing is None else f"{row.missing:,}",
        )
    return shown


def _latencies(report: Report) -> Table:
    shown = _table("events", "p50 ms", "p90 ms", "p95 ms", "p99 ms")
    for when, row in _with_period(report):
        if row.latency is None:
            continue
        percentiles = row.latency.p50, row.latency.p90, row.latency.p95, row.latency.p99
        mark = _mark(row.latency_error)
        cells = [f"{ms:,.1f}{mark}" for ms in percentiles]
        shown.add_row(when, escape(row.event_type), f"{row.latency.count:,}", *cells)
    return shown


def _mark(error: float) -> str:
    return "±" if error else ""


def _amounts(report: Report) -> Table:
    shown = _table("currency", "events", "total")
    for when, row in _with_period(report):
        for currency, amount in sorted(row.amounts.items()):
            total = f"{amount.total_micros / _MICRO:,.2f}"
            shown.add_row(when, escape(row.event_type), currency, f"{amount.count:,}", total)
    return shown


def _with_period(report: Report) -> Iterator[tuple[str, MergedRollup]]:
    """Pair each row with its day or hour; the title has the year."""
    for row in report.rows:
        first = row.period.first.text
        match report.by:
            case "hour":
                yield first[5:].replace("T", " "), row
            case "day":
                yield first[5:10], row
            case "range":
                yield "all", row


def _remarks(report: Report) -> Iterator[str]:
    users = max(row.unique_users_error for row in report.rows)
    latency = max(row.latency_error for row in report.rows)
    if users:
        yield f"± users: estimates over several hours, with a standard error of {users:.1%}."
    if latency:
        bound = f"{latency:.1%} and {FLOOR_MS} ms"
        yield f"± p50 to p99: estimates over several hours, with an error of at most {bound}."
    if any(row.missing is None for row in report.rows):
        yield "? missing: the counters of an hour had expired when the hour was rolled up."
    if report.absent:
        n_hours = len(report.period.hours)
        n_absent = len(report.absent)
        yield f"{n_absent:,} of {n_hours:,} hours are not rolled up: {_gaps(report.absent)}."


def _gaps(absent: Sequence[Hour]) -> str:
    """List hours, and consecutive ones by the first and the last.

    >>> _gaps([Hour.parse(f"2026-11-21T{hour}") for hour in ("03", "07", "08", "09")])
    '2026-11-21T03, 2026-11-21T07 to 2026-11-21T09'
    """
    gaps: list[list[Hour]] = []
    for hour in absent:
        if gaps and gaps[-1][-1].plus(1) == hour:
            gaps[-1].append(hour)
        else:
            gaps.append([hour])
    named = [
        gap[0].text if len(gap) == 1 else f"{gap[0].text} to {gap[-1].text}"
        for gap in gaps[:_SHOWN_GAPS]
    ]
    return ", ".join(named) + (" and more" if len(gaps) > _SHOWN_GAPS else "")
