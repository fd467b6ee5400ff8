"""The table of routes: what requests are parsed by, and what the OpenAPI document is made of."""

from __future__ import annotations

from chalicelib.model.scope import READERS
from chalicelib.query import read_live_metrics, read_metrics, shapes
from chalicelib.query.parameters import CURSOR, EVENT_TYPES, FROM, TO
from chalicelib.query.route import Route

LIVE_METRICS = Route(
    path="/metrics/live",
    summary="Live counters by the minute or hour",
    description="Counts records within seconds of their arrival, repeats among them.",
    scopes=READERS,
    parameters=(FROM, TO, read_live_metrics.BY, EVENT_TYPES, read_live_metrics.LIMIT, CURSOR),
    answer=shapes.LiveMetrics,
)
METRICS = Route(
    path="/metrics",
    summary="Rollups of hours, days or a whole range",
    scopes=READERS,
    parameters=(FROM, TO, read_metrics.BY, EVENT_TYPES, read_metrics.LIMIT, CURSOR),
    answer=shapes.Metrics,
)

ROUTES = (LIVE_METRICS, METRICS)
