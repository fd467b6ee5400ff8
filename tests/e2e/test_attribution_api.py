"""The deployed API answers about attribution as PostgreSQL does."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import psycopg
import pytest

from chalicelib.model import instant
from chalicelib.model.attribution_report import Model
from chalicelib.model.instant import HOUR_MS
from ops.local.cloud import Cloud
from ops.local.home import Home
from ops.local.postgres import Postgres
from tests.e2e.test_attribution import post, shopping
from tests.e2e.waiting import wait_for

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

BY_CAMPAIGN = """
SELECT coalesce(campaign, ''), sum(credit_nanos)::bigint
FROM attribution_credits(%s, %s, %s)
WHERE click_id IS NOT NULL
GROUP BY 1"""


@pytest.fixture
def server(state: Path) -> Postgres:
    return Postgres(Home(state).postgres)


@pytest.fixture
def database(server: Postgres) -> Iterator[psycopg.Connection]:
    with psycopg.connect(server.url(), autocommit=True) as connection:
        yield connection


def ask(cloud: Cloud, **given: str) -> tuple[int, dict[str, Any]]:
    url = f"{cloud.api_url}/attribution?{urlencode(given)}"
    request = Request(url, headers={"X-Api-Key": cloud.read_key})  # noqa: S310  of the local cloud
    try:
        with urlopen(request, timeout=60) as answer:  # noqa: S310
            return answer.status, json.load(answer)
    except HTTPError as error:
        return error.code, json.load(error)


def span() -> dict[str, str]:
    now_ms = time.time_ns() // 1_000_000
    end_ms = now_ms - now_ms % HOUR_MS + HOUR_MS
    return {"from": instant.to_text(end_ms - 24 * HOUR_MS), "to": instant.to_text(end_ms)}


def test_every_model_answers_as_the_database_does(
    cloud: Cloud, database: psycopg.Connection
) -> None:
    post(cloud, shopping(200, "asked_"))

    for model in Model:
        bounds = span()

        def is_alike(model: Model = model, bounds: dict[str, str] = bounds) -> bool | None:
            status, content = ask(cloud, model=model, limit="200", **bounds)
            assert status == 200, content
            rows = database.execute(BY_CAMPAIGN, (model, *bounds.values())).fetchall()
            expected: dict[str, int] = dict(rows)
            found = {
                group["group"] or "": round(group["conversions"] * 10**9)
                for group in content["groups"]
                if group["conversions"]
            }
            return (bool(found) and found == expected) or None

        wait_for(is_alike, f"the same credits by {model}")


def test_a_database_that_is_away_is_said_with_when_to_ask_again(
    cloud: Cloud, server: Postgres
) -> None:
    server.stop()
    try:
        status, content = ask(cloud, **span())
    finally:
        server.start()

    assert (status, content["errors"][0]["code"]) == (503, "store_unavailable")
