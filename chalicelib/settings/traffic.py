"""Settings of synthetic traffic."""

from __future__ import annotations

from pydantic import Field

from chalicelib.settings.streams import StreamSettings


class TrafficSettings(StreamSettings):
    # In each five minutes; a visit has about two clicks, and one in four a checkout.
    traffic_visits: int = Field(default=40, ge=1, le=10_000)
    traffic_seed: int = 1

    put_budget_s: float = 30.0
    put_call_limit_s: float = 2.0
