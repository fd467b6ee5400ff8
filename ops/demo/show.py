"""The results of a demo, as tables."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from chalicelib.archive import quarantine_line, raw_key
from chalicelib.model.attribution_report import WHOLE_CREDIT
from chalicelib.model.facts import MICRO
from ops.demo.alerts import Delivered
from ops.demo.attribution import SHOWN_MODELS, Attribution, Credited
from ops.demo.holdings import Agreement, Holdings, Sending
from ops.demo.incidents import MIN_EVENTS, MIN_HOURS
from ops.demo.read_back import RollupRow
from ops.kit.console import listing, out, table
from ops.local.cloud import Cloud
from ops.rebuild.roll_up import Ended

SHOWN_HOURS = 6
NOTHING = Credited(0, 0)


def everything(
    cloud: Cloud, sent: Sending, refused_codes: Counter[str], ended: Ended, found: Holdings
) -> bool:
    """Print all results; return whether all counts agree."""
    agreements = found.agreements(sent)
    _flow(sent, found)
    _codes("Refused by the API", refused_codes)
    _codes("Quarantined from the stream", found.quarantine)
    _rollups("Rollups of the last hours, all types", found.by_hour[-SHOWN_HOURS:])
    _rollups("Rollups of the busiest hour, by type", _of_busiest_hour(found))
    _query(found)
    _attribution(found.attribution)
    _alerts(sent, found.alerts)
    _agreements(agreements)
    _places(cloud, ended)
    is_sound = all(one.holds for one in agreements) and ended.status == "SUCCEEDED"
    verdict = "[green]All counts agree.[/]" if is_sound else "[red bold]The counts disagree.[/]"
    out.print(f"\n{verdict} The state machine {ended.status.lower()}.")
    return is_sound


def _print(title: str, shown: Table) -> None:
    out.print(f"\n[bold]{title}[/]")
    out.print(shown)


def _flow(sent: Sending, found: Holdings) -> None:
    raw, lake = found.raw_lines, found.lake
    refused = f"{sent.refused:,} refused, {sent.duplicates:,} duplicates"
    quarantined = f"{found.quarantine.total():,} quarantined"
    rolled = f"{found.rolled_duplicates:,} duplicates, {len(found.by_hour)} hours"
    shown = table("stage", "in", "out", "details", numbers=("in", "out"))
    for stage, n_in, n_out, details in (
        ("ingest: API → streams", sent.planned, sent.accepted, refused),
        ("bypassing the API → streams", sent.bypassed, sent.bypassed, "malformed on purpose"),
        ("process: streams → raw", found.stream_records, raw, quarantined),
        ("process: live counters", found.stream_records, found.live_records, "records counted"),
        ("transform: raw → lake", raw, lake.rows, f"{sent.files:,} files"),
        ("rollup: lake → aggregates", lake.rows, found.rolled_events, rolled),
        ("sealing: lake → lake", lake.rows, lake.rows, f"{sent.files:,} files → {lake.files:,}"),
    ):
        shown.add_row(stage, f"{n_in:,}", f"{n_out:,}", details)
    _print(f"Flow, including {sent.late:,} late events", shown)


def _codes(title: str, counts: Counter[str]) -> None:
    shown = table("code", "events", numbers=("events",))
    for code, n in counts.most_common():
        shown.add_row(code, f"{n:,}")
    _print(title, shown)


def _of_busiest_hour(found: Holdings) -> Sequence[RollupRow]:
    busiest = max(found.by_hour, key=lambda row: row.events, default=None)
    return [row for row in found.by_type if busiest and row.window_start == busiest.window_start]


def _rollups(title: str, rows: Sequence[RollupRow]) -> None:
    numbers = ("events", "users", "errors", "p50 ms", "p99 ms", "duplicates", "missing")
    shown = table("hour", "type", *numbers, numbers=numbers)
    for row in rows:
        shown.add_row(
            row.window_start[5:13].replace("T", " "),
            row.event_type,
            *(f"{n:,}" for n in (row.events, row.users, row.errors)),
            *("" if ms is None else f"{ms:,.1f}" for ms in (row.p50_ms, row.p99_ms)),
            f"{row.duplicates:,}",
            "unknown" if row.missing is None else f"{row.missing:,}",
        )
    _print(title, shown)


def _query(found: Holdings) -> None:
    query = found.lake.query
    shown = table(*query.columns, numbers=query.columns[1:])
    for row in query.rows:
        shown.add_row(
            *("" if v is None else f"{v:,.1f}" if isinstance(v, float) else str(v) for v in row)
        )
    _print(f"Athena SQL over the lake: {query.title}", shown)


def _attribution(found: Attribution | None) -> None:
    if found is None:
        return
    words = [model.replace("_", " ") for model in SHOWN_MODELS]
    columns = [f"{model}{unit}" for model in words for unit in ("", ", EUR")]
    shown = table("campaign", *columns, numbers=columns)
    first = found.in_postgres[SHOWN_MODELS[0]]
    names = {name for campaigns in found.in_postgres.values() for name in campaigns}
    for name in sorted(names, key=lambda one: (-first.get(one, NOTHING).micros, one)):
        credited = [found.in_postgres[model].get(name, NOTHING) for model in SHOWN_MODELS]
        figures = [
            text
            for nanos, micros in credited
            for text in (f"{nanos / WHOLE_CREDIT:,.1f}", f"{micros / MICRO:,.2f}")
        ]
        shown.add_row(name or "none", *figures)
    title = f"Attribution: {found.n_attributed:,} of {len(found.stored):,} checkouts had a click"
    _print(f"{title} in the hour before", shown)


def _alerts(sent: Sending, alerts: Sequence[Delivered]) -> None:
    if not sent.incidents and not alerts:
        out.print(
            f"\n[bold]No alerts[/]: no incident was planted, because detecting one takes at least"
            f" {MIN_HOURS} hours and {MIN_EVENTS:,} events."
        )
        return
    planted = "; ".join(
        f"{incident.event_type} {incident.metric} {incident.direction} usual, {incident.hour.text}"
        for incident in sent.incidents
    )
    out.print(f"\n[bold]Alerts, as SNS delivered them to a queue[/]\nplanted: {planted}")
    for alert in alerts:
        out.print(Panel(Text(alert.text), title=Text(alert.subject), title_align="left"))


def _agreements(agreements: Sequence[Agreement]) -> None:
    shown = table("left = right", "left", "right", "", numbers=("left", "right"))
    for one in agreements:
        mark = "[green]agree[/]" if one.holds else "[red bold]DISAGREE[/]"
        shown.add_row(one.claim, f"{one.left:,}", f"{one.right:,}", mark)
    _print("Counts that must agree", shown)


def _places(cloud: Cloud, ended: Ended) -> None:
    names = cloud.names
    state = os.path.relpath(Path(cloud.log_file).parent)
    rows = {
        "API": cloud.api_url,
        "API key": cloud.api_key,
        "AWS endpoint": f"{cloud.endpoint} (key and secret: test)",
        "raw archive": f"s3://{names.raw_bucket}/{raw_key.PREFIX}",
        "quarantine": f"s3://{names.raw_bucket}/{quarantine_line.PREFIX}",
        "lake": f"s3://{names.lake_bucket}/events/",
        "live counters": names.table("metrics"),
        "ledger": names.table("batches"),
        "rollups, runs": names.table("aggregates"),
        "anomalies": names.table("anomalies"),
        "execution": ended.name,
        "explore": f".venv/bin/python -m ops status --state {state}",
        "remove": f".venv/bin/python -m ops down --purge --state {state}",
    }
    _print("Where to find things", listing(rows.items()))
