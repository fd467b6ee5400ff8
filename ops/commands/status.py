"""`python -m ops status`."""

from __future__ import annotations

import json
from dataclasses import asdict

import typer

from ops.kit.options import AsJson
from ops.local.state_folder import DEFAULT_STATE, StateFolder


def status(as_json: AsJson = False, state: StateFolder = DEFAULT_STATE) -> None:
    """Show whether the local cloud is running and what it contains; exit 1 if it is not."""
    from ops.kit.console import listing, out
    from ops.kit.errors import OperationFailed
    from ops.local.cloud import Cloud
    from ops.local.home import Home
    from ops.local.postgres import Postgres
    from ops.local.survey import survey

    home = Home(state.resolve())
    try:
        cloud = Cloud.load(home)
    except OperationFailed:
        if not as_json:
            raise
        print(json.dumps({"running": False}))
        raise typer.Exit(1) from None
    found = survey(cloud)
    if as_json:
        print(json.dumps({"running": True, **asdict(cloud), **asdict(found)}, indent=2))
        return
    places = {
        "Endpoint": cloud.endpoint,
        "API": cloud.api_url,
        "API key": cloud.api_key,
        "Dashboard": cloud.dashboard,
    }
    if cloud.database_url:
        is_ready = Postgres(home.postgres).is_ready()
        places["PostgreSQL"] = f"{'running' if is_ready else 'stopped'}, {cloud.database_url}"
    out.print(listing([*places.items(), *found.rows()]))
