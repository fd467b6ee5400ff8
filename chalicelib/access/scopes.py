"""Which scopes each route takes: the one table that requests are judged by."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.model.scope import NO_KEY, READERS, WRITERS, Scope

ADMINS = frozenset({Scope.ADMIN})

SCOPES: Mapping[tuple[str, str], frozenset[Scope]] = {
    ("GET", "/health"): NO_KEY,
    ("GET", "/openapi.json"): NO_KEY,
    ("GET", "/dashboard"): NO_KEY,
    ("GET", "/dashboard/{file}"): NO_KEY,
    ("POST", "/events"): WRITERS,
    ("POST", "/events/batch"): WRITERS,
    ("GET", "/metrics"): READERS,
    ("GET", "/metrics/live"): READERS,
    ("GET", "/metrics/event-types"): READERS,
    ("GET", "/attribution"): READERS,
    ("GET", "/anomalies"): READERS,
    ("GET", "/runs"): READERS,
    ("GET", "/batches"): READERS,
    ("GET", "/quarantine"): READERS,
    ("GET", "/freshness"): READERS,
    ("GET", "/experiments"): READERS,
    ("GET", "/experiments/{experiment_id}"): READERS,
    ("PUT", "/experiments/{experiment_id}"): ADMINS,
    ("GET", "/experiments/{experiment_id}/live"): READERS,
    ("GET", "/experiments/{experiment_id}/assignments/{user_id}"): READERS,
    ("POST", "/experiments/{experiment_id}/assignments"): READERS,
}


def scopes_of(method: str, path: str) -> frozenset[Scope]:
    """Return the scopes of which a key needs one, none where no key is needed.

    A route that is missing from the table takes admin keys alone, so that a mistake closes it.
    """
    return SCOPES.get((method, path), ADMINS)
