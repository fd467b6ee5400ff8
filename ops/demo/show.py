"""What came out of a demo, as tables for people."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from ops.demo.alerts import Delivered
from ops.demo.findings import Check, Findings, Sending
from ops.demo.read_back import RollupRow
from ops.demo.trouble import MIN_EVENTS, MIN_HOURS
from ops.kit.console import out
from ops.local.cloud import Cloud
from ops.rebuild.roll_up import Ended

SHOWN_HOURS = 6


def everything(
    cloud: Cloud, sent: Sending, refused_codes: Counter[str], ended: Ended, found: Findings
) -> bool:
    """Print it all; return whether every check holds."""
    checks = found.checks(sent)
    _counts(sent, found)
    _reasons("Refused by the API", refused_codes)
    _reasons("Quarantined from the stream", found.quarantine)
    _rollups("Rollups, the last hours of all types", found.by_hour[-SHOWN_HOURS:])
    _rollups("Rollups, the busiest hour by type", _of_busiest_hour(found))
    _query(found)
    _alerts(sent, found.alerts)
    _checks(checks)
    _places(cloud, ended)
    is_sound = all(check.holds for check in checks) and ended.status == "SUCCEEDED"
    verdict = "[green]Everything agrees.[/]" if is_sound else "[red bold]The counts disagree.[/]"
    out.print(f"\n{verdict} The state machine {ended.status.lower()}.")
    return is_sound


def _table(*columns: str) -> Table:
    table = Table(box=None, padding=(0, 1), pad_edge=False)
    table.add_column(columns[0], no_wrap=True)
    for column in columns[1:]:
        table.add_column(column, justify="right")
    return table


def _print(title: str, table: Table) -> None:
    out.print(f"\n[bold]{title}[/]")
    out.print(table)


def _counts(sent: Sending, found: Findings) -> None:
    table = _table("stage", "in", "out", "aside")
    table.columns[3].justify = "left"
    raw, lake = found.raw_lines, found.lake
    aside = f"{sent.refused:,} refused, {sent.duplicates:,} met twice"
    quarantined = f"{found.quarantine.total():,} quarantined"
    repeats = f"{found.rolled_repeats:,} repeats, {len(found.by_hour)} hours"
    rows = [
        ("ingest: API → streams", sent.planned, sent.accepted, aside),
        ("not by the API → streams", sent.bypassed, sent.bypassed, "malformed on purpose"),
        ("process: streams → raw", found.stream_records, raw, quarantined),
        ("process: live counters", found.stream_records, found.live_records, "records counted"),
        ("transform: raw → lake", raw, lake.rows, f"{lake.files:,} files"),
        ("rollup: lake → aggregates", lake.rows, found.rolled_events, repeats),
    ]
    for stage, n_in, n_out, note in rows:
        table.add_row(stage, f"{n_in:,}", f"{n_out:,}", note)
    _print(f"In and out, {sent.late:,} events of it late", table)


def _reasons(title: str, counts: Counter[str]) -> None:
    table = _table("code", "events")
    for code, n in counts.most_common():
        table.add_row(code, f"{n:,}")
    _print(title, table)


def _of_busiest_hour(found: Findings) -> Sequence[RollupRow]:
    busiest = max(found.by_hour, key=lambda row: row.events, default=None)
    return [row for row in found.by_type if busiest and row.window_start == busiest.window_start]


def _rollups(title: str, rows: Sequence[RollupRow]) -> None:
    columns = ("events", "users", "err.", "p50 ms", "p99 ms", "rep.", "miss.")
    table = _table("hour", "type", *columns)
    table.columns[1].justify, table.columns[1].no_wrap = "left", True
    for row in rows:
        table.add_row(
            row.window_start[5:13].replace("T", " "),
            row.event_type,
            *(f"{n:,}" for n in (row.events, row.users, row.errors)),
            *("" if ms is None else f"{ms:,.1f}" for ms in (row.p50_ms, row.p99_ms)),
            f"{row.duplicates:,}",
            "unknown" if row.missing is None else f"{row.missing:,}",
        )
    _print(title, table)


def _query(found: Findings) -> None:
    query = found.lake.query
    table = _table(*query.columns)
    for row in query.rows:
        table.add_row(
            *("" if v is None else f"{v:,.1f}" if isinstance(v, float) else str(v) for v in row)
        )
    _print(f"Athena SQL over the lake, {query.title}", table)


def _alerts(sent: Sending, alerts: Sequence[Delivered]) -> None:
    if not sent.troubles and not alerts:
        out.print(
            f"\n[bold]No alerts[/]: nothing was planted, since it takes {MIN_HOURS} hours of"
            f" {MIN_EVENTS:,} events to tell what is usual."
        )
        return
    planted = "; ".join(
        f"{trouble.event_type} {trouble.metric} {trouble.direction} usual, {trouble.hour.text}"
        for trouble in sent.troubles
    )
    out.print(f"\n[bold]Alerts, as SNS delivered them to a queue[/]\nplanted: {planted}")
    for alert in alerts:
        out.print(Panel(Text(alert.text), title=Text(alert.subject), title_align="left"))


def _checks(checks: Sequence[Check]) -> None:
    table = _table("what must agree", "one", "other", "")
    for check in checks:
        mark = "[green]agree[/]" if check.holds else "[red bold]DISAGREE[/]"
        table.add_row(check.claim, f"{check.left:,}", f"{check.right:,}", mark)
    _print("Checks", table)


def _places(cloud: Cloud, ended: Ended) -> None:
    names = cloud.names
    state = os.path.relpath(Path(cloud.log_file).parent)
    table = _table("what", "where")
    table.columns[1].justify, table.columns[1].overflow = "left", "fold"
    rows = {
        "API": cloud.api_url,
        "API key": cloud.api_key,
        "AWS endpoint": f"{cloud.endpoint} (key and secret: test)",
        "raw archive": f"s3://{names.raw_bucket}/raw/",
        "quarantine": f"s3://{names.raw_bucket}/quarantine/",
        "lake": f"s3://{names.lake_bucket}/events/",
        "live counters": names.table("metrics"),
        "ledger": names.table("batches"),
        "rollups, runs": names.table("aggregates"),
        "anomalies": names.table("anomalies"),
        "execution": ended.name,
        "look around": f".venv/bin/python -m ops status --state {state}",
        "take it down": f".venv/bin/python -m ops down --purge --state {state}",
    }
    for row in rows.items():
        table.add_row(*row)
    _print("Where things are", table)
