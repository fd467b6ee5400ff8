"""From a request to the database and back, with every part that is wired in between."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

import pytest

from chalicelib.aws.attribution_reports import LambdaGroupedCredits
from chalicelib.model import instant
from chalicelib.model.scope import Scope
from chalicelib.query.reply import Reply
from chalicelib.settings.query import QuerySettings
from chalicelib.wiring.attribution import AttributionWing
from chalicelib.wiring.query import QueryWing
from tests.attribution_rows import add_checkouts, add_clicks
from tests.postgres import Database

NOON_MS = instant.from_text("2026-11-20T12:00:00.000Z")
RANGE = {"from": ["2026-11-20"], "to": ["2026-11-21"]}


class _Exceptions:
    class ResourceNotFoundException(Exception):
        pass


@dataclass
class InProcess:
    """Invokes the function as Lambda does: JSON in, JSON out."""

    wing: AttributionWing
    exceptions = _Exceptions

    # As boto3 calls it.
    def invoke(self, FunctionName: str, Payload: bytes) -> dict[str, Any]:  # noqa: N803
        assert FunctionName.endswith("report_attribution")
        reported = self.wing.report_attribution(json.loads(Payload))
        return {"Payload": io.BytesIO(json.dumps(reported.to_json()).encode())}


def asking(url: str) -> QueryWing:
    settings = QuerySettings.from_env().model_copy(update={"attribution": True})
    wing = QueryWing(settings)
    function = InProcess(AttributionWing.from_env({"DATABASE_URL": url}))
    client = cast("Any", function)
    vars(wing._sources)["credits"] = LambdaGroupedCredits(client, settings.report_function)
    return wing


@pytest.fixture
def wing(database: Database) -> Iterator[QueryWing]:
    with database.connect() as connection:
        add_clicks(connection, [("u", "c", NOON_MS - 60_000, "spring")])
        add_checkouts(connection, [("u", "o", NOON_MS, 5_000_000, "EUR")])
    asked = asking(database.url)
    yield asked
    client = cast("Any", asked._sources.credits).client
    client.wing.report_attribution.credits.link.close()


def get(wing: QueryWing, headers: dict[str, str] | None = None, **given: str) -> Reply:
    query = RANGE | {name: [value] for name, value in given.items()}
    context = {"scope": Scope.READ}
    request = {"multiValueQueryStringParameters": query, "requestContext": context}
    return wing.attribution({**request, "headers": headers or {}})


def test_a_request_is_answered_from_the_database(wing: QueryWing) -> None:
    for model in ("first_click", "last_click", "linear", "position_based", "time_decay"):
        reply = get(wing, model=model)
        [group] = json.loads(reply.body)["groups"]

        assert (group["group"], group["conversions"]) == ("spring", 1.0)
        assert group["revenue"] == {"EUR": {"total_micros": 5_000_000, "total": 5.0}}
        assert group["time_to_conversion"] == {"median_s": 60, "p90_s": 60}


def test_what_a_client_holds_is_not_sent_again(wing: QueryWing) -> None:
    tag = get(wing).headers["ETag"]

    assert get(wing, {"If-None-Match": tag}).status == 304


def test_a_database_that_is_away_is_worth_another_try() -> None:
    reply = get(asking("postgresql://nobody@/nowhere?host=/nowhere"))

    assert reply.status == 503
    assert reply.headers["Retry-After"]
    assert "nowhere" not in reply.body
