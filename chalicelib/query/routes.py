"""The table of routes: what requests are parsed by, and what the OpenAPI document is made of."""

from __future__ import annotations

from chalicelib.model.scope import READERS
from chalicelib.query import read_metrics, shapes
from chalicelib.query.parameters import CURSOR, EVENT_TYPES, FROM, TO
from chalicelib.query.route import Route

METRICS = Route(
    path="/metrics",
    summary="Rollups of hours, days or a whole range",
    scopes=READERS,
    parameters=(FROM, TO, read_metrics.BY, EVENT_TYPES, read_metrics.LIMIT, CURSOR),
    answer=shapes.Metrics,
)

ROUTES = (METRICS,)
