"""A comparison finds each kind of difference that was made, and nothing where none was."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import orjson
import pytest
from pyspark.sql import SparkSession

from chalicelib.model import instant
from chalicelib.model.attribution_report import Model
from glue import compare
from glue.batch import main
from glue.compare import Example, Kind
from glue.request import Request, Target
from tests.builders import NOON_MS
from tests.postgres import Database
from tests.spark.test_batch import attribute, make_request
from tests.spark.worlds import Lake, make_worlds
from tests.unit.postgres.oracle import Sent
from tests.unit.postgres.world import Writer, make_checkout, make_click

# A pair for each difference that is planted, each of a user of its own.
USERS = ("clean", "no-click", "no-checkout", "new-campaign", "new-amount", "no-credit", "seen")


def sent() -> list[Sent]:
    pairs = [
        one
        for number, user in enumerate(USERS)
        for one in (
            make_click(user=user, id="k", at=NOON_MS - 10, campaign="a", sequence=9_000 + number),
            make_click(user=user, id="k2", at=NOON_MS - 5, sequence=9_100 + number),
            make_checkout(user=user, id="o", amount=10.5, sequence=9_000 + number),
        )
    ]
    return [*make_worlds(4), *pairs]


EXTRA_CLICK = """
INSERT INTO raw_clicks
SELECT
  user_id, 'extra', clicked_at, ingested_at, stream, shard_id, sequence, source, campaign, page
FROM raw_clicks
WHERE user_id = 'clean' AND click_id = 'k2'"""
NO_CREDIT = """
UPDATE attributed_checkouts SET click_id = NULL, clicked_at = NULL WHERE user_id = 'no-credit'"""
PLANTED = (
    "DELETE FROM raw_clicks WHERE user_id = 'no-click' AND click_id = 'k2'",
    "DELETE FROM raw_checkouts WHERE user_id = 'no-checkout'",
    "UPDATE raw_clicks SET campaign = 'b' WHERE user_id = 'new-campaign' AND click_id = 'k'",
    "UPDATE raw_checkouts SET amount = 10.500001 WHERE user_id = 'new-amount'",
    NO_CREDIT,
    "UPDATE users SET first_seen_at = first_seen_at + interval '1 ms' WHERE user_id = 'seen'",
    "DELETE FROM users WHERE user_id = 'clean'",
    EXTRA_CLICK,
)


def test_nothing_differs_until_something_is_changed(
    spark: SparkSession, database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One database for both, since a comparison takes long."""
    bucket = Lake()
    bucket.archive(sent())
    request = make_request(
        bucket.save(tmp_path), database, target=Target.COMPARE, model=Model.LINEAR
    )
    writer = Writer(database)
    for one in sorted(sent(), key=lambda one: one.sequence):
        writer.attribute([one])
    writer.close()

    shown: list[str] = []
    assert attribute(spark, shown.append)(request).figures == {"differences": 0}
    assert shown == ["No differences."]

    database.run(*PLANTED)
    assert main(argv_of(request)) == 1

    *shown, logged = capsys.readouterr().out.splitlines()
    heads = [line.partition(" (")[0] for line in shown if not line.startswith(" ")]
    assert heads == [
        "attributed_checkouts: 1 different",
        # The extra click takes a third of the credits of two others.
        "attribution_credits, linear: 5 different",
        "attribution_credits, linear: 1 extra",
        "attribution_credits, linear: 3 missing",
        "raw_checkouts: 1 different",
        "raw_checkouts: 1 missing",
        "raw_clicks: 1 different",
        "raw_clicks: 1 extra",
        "raw_clicks: 1 missing",
        "users: 1 different",
        "users: 1 missing",
    ]
    n_differences = sum(int(head.split()[-2]) for head in heads)
    assert orjson.loads(logged)["differences"] == n_differences
    at = shown.index("raw_checkouts: 1 different (in both, with other values)")
    assert shown[at + 1] == "  user_id new-amount, checkout_id o"
    assert '"micros":10500000' in shown[at + 2]
    assert '"micros":10500001' in shown[at + 3]


def argv_of(request: Request) -> list[str]:
    given = {
        "STAGE": request.stage,
        "REGION": "us-east-1",
        "FROM": instant.to_text(request.from_ms),
        "TO": instant.to_text(request.to_ms),
        "LAKE": request.lake,
        "TARGET": str(request.target),
        "MODEL": str(request.model),
        "DATABASE_URL": request.required_database.url,
    }
    return [f"--{name}={value}" for name, value in given.items()]


def kinds() -> Sequence[Kind]:
    return [
        Kind("raw_clicks", compare.MISSING, 1_234, [Example("user_id u, click_id k", "{}", None)])
    ]


def test_differences_are_shown_with_a_count_and_examples() -> None:
    assert list(compare.lines(kinds())) == [
        "raw_clicks: 1,234 missing (in the lake, not in PostgreSQL)",
        "  user_id u, click_id k",
        "    lake        {}",
        "    PostgreSQL  -",
    ]
