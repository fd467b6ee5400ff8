"""Show whether the local cloud runs, and what it holds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from ops.local.state_folder import DEFAULT_STATE, StateFolder

if TYPE_CHECKING:
    from ops.local.cloud import Cloud
    from ops.local.survey import Survey


def status(
    as_json: Annotated[bool, typer.Option("--json", help="For programs to read.")] = False,
    state: StateFolder = DEFAULT_STATE,
) -> None:
    """Show whether the local cloud runs, and what it holds; exits 1 if it doesn't run."""
    from ops.kit.errors import OperationFailed
    from ops.local.cloud import Cloud
    from ops.local.home import Home
    from ops.local.survey import survey

    try:
        cloud = Cloud.load(Home(state.resolve()))
    except OperationFailed:
        if not as_json:
            raise
        print(json.dumps({"running": False}))
        raise typer.Exit(1) from None
    found = survey(cloud)
    if as_json:
        print(json.dumps({"running": True, **asdict(cloud), **asdict(found)}, indent=2))
    else:
        _show(cloud, found)


def _show(cloud: Cloud, found: Survey) -> None:
    from rich.table import Table

    from ops.kit.console import out

    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for row in _rows(cloud, found):
        table.add_row(*row)
    out.print(table)


def _rows(cloud: Cloud, found: Survey) -> Iterator[tuple[str, str]]:
    yield "Runs at", cloud.endpoint
    yield "API", cloud.api_url
    yield "API key", cloud.api_key
    yield "Dashboard", cloud.dashboard
    for name, stream in found.streams.items():
        yield f"Stream {name}", f"{stream.records:,} records in {stream.shards} shard(s)"
    for name, queue in found.queues.items():
        yield f"Queue {name}", f"{queue.waiting:,} waiting, {queue.in_flight:,} in flight"
    for name, count in found.objects.items():
        yield f"Objects in {name}", f"{count:,}"
    for function, state in found.event_sources.items():
        yield f"Source of {function}", state
