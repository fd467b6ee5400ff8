"""What attribution holds after a demo, from PostgreSQL and from the API, next to the truth."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import psycopg

from chalicelib.model import instant
from chalicelib.model.attribution_report import WHOLE_CREDIT, Model
from chalicelib.model.hour import Hour
from chalicelib.traffic.truth import Credit, credits_of
from ops.demo.read_api import ReadApi
from ops.kit.errors import OperationFailed
from ops.local.cloud import Cloud
from ops.traffic.generator import Planned

SHOWN_MODELS = (Model.FIRST_CLICK, Model.TIME_DECAY)
STALLED_S = 60.0
POLL_S = 0.4
# Attribution reads the streams by itself, and can be behind the rest of the pipeline.
_COUNT = "SELECT count(*) FROM raw_clicks UNION ALL SELECT count(*) FROM raw_checkouts"
_CREDITS = """
SELECT a.user_id, a.checkout_id, a.checked_out_at, a.click_id, k.campaign
FROM attributed_checkouts a LEFT JOIN raw_clicks k USING (user_id, click_id)"""
_BY_CAMPAIGN = """
SELECT coalesce(campaign, ''), sum(credit_nanos)::bigint,
       coalesce(sum(revenue_micros) FILTER (WHERE currency = 'EUR'), 0)::bigint
FROM attribution_credits(%s, %s, %s)
WHERE click_id IS NOT NULL
GROUP BY 1"""


class Credited(NamedTuple):
    """One campaign's credit in billionths, and its revenue in euros, in micros."""

    nanos: int
    micros: int


type ByCampaign = Mapping[str, Credited]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """Campaigns by model; an empty name is that of clicks without one."""

    truth: Sequence[Credit]
    stored: Sequence[Credit]
    in_postgres: Mapping[Model, ByCampaign]
    in_api: Mapping[Model, ByCampaign]

    @property
    def n_attributed(self) -> int:
        return sum(credit.click_id is not None for credit in self.stored)

    @property
    def n_true(self) -> int:
        """How many checkouts are credited as the generator knows that they must be."""
        return len(set(self.truth) & set(self.stored))

    def n_alike(self, model: Model) -> int:
        """How many campaigns the API and PostgreSQL credit alike."""
        return len(self.in_postgres[model].items() & self.in_api[model].items())


def read_attribution(
    cloud: Cloud, planned: Sequence[Planned], hours: Sequence[Hour]
) -> Attribution | None:
    """Wait until all that was sent is attributed, and read it; None where attribution is off.

    Raises:
        OperationFailed: nothing happens any more, and something is missing.
    """
    if not cloud.database_url:
        return None
    sent = [one.event for one in planned if one.kind != "invalid"]
    first, end = hours[0], hours[-1].plus(1)
    with psycopg.connect(cloud.database_url, autocommit=True) as database:
        _wait(database, _distinct(sent))
        stored = [
            Credit(user, id_, instant.to_text(instant.millis(at)), click_id, campaign)
            for user, id_, at, click_id, campaign in database.execute(_CREDITS)
        ]
        in_postgres = {m: _stored(database, m, first, end) for m in SHOWN_MODELS}
    api = ReadApi(cloud.api_url, cloud.read_key)
    return Attribution(
        truth=credits_of(sent),
        stored=stored,
        in_postgres=in_postgres,
        in_api={model: _answered(api, model, first, end) for model in SHOWN_MODELS},
    )


def _distinct(sent: Sequence[Mapping[str, object]]) -> int:
    kept = (one for one in sent if one["event_type"] in ("click", "checkout"))
    return len({(one["event_type"], one["user_id"], one["event_id"]) for one in kept})


def _wait(database: psycopg.Connection, n_expected: int) -> None:
    n_rows, moved_at = -1, time.monotonic()
    while n_rows < n_expected:
        now = sum(int(n) for (n,) in database.execute(_COUNT))
        if now != n_rows:
            n_rows, moved_at = now, time.monotonic()
        elif time.monotonic() - moved_at > STALLED_S:
            raise OperationFailed(
                f"Attribution has stopped at {n_rows:,} of {n_expected:,} clicks and checkouts."
            )
        else:
            time.sleep(POLL_S)


def _stored(database: psycopg.Connection, model: Model, first: Hour, end: Hour) -> ByCampaign:
    bounds = (first.window_start, end.window_start)
    rows = database.execute(_BY_CAMPAIGN, (model, *bounds))
    return {name: Credited(nanos, micros) for name, nanos, micros in rows if nanos}


def _answered(api: ReadApi, model: Model, first: Hour, end: Hour) -> ByCampaign:
    span = {"from": first.window_start, "to": end.window_start}
    answer = api.get("/attribution", model=model, limit="200", **span)
    return {
        row["group"] or "": Credited(
            round(row["conversions"] * WHOLE_CREDIT),
            row["revenue"].get("EUR", {"total_micros": 0})["total_micros"],
        )
        for row in answer["groups"]
        if row["conversions"]
    }
