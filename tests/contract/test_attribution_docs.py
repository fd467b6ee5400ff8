"""docs/attribution.md is run: its example gives its numbers, and its queries their rows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from chalicelib.model import instant
from chalicelib.model.attribution_report import Model
from tests.attribution_rows import add_checkouts, add_clicks, attribute_all
from tests.postgres import Database

TEXT = (Path(__file__).parents[2] / "docs" / "attribution.md").read_text()
QUERIES = re.findall(r"```sql\n(.*?)```", TEXT, flags=re.DOTALL)


def rows_after(heading: str) -> list[list[str]]:
    """Return the cells of the first table after a text, without its head."""
    table = re.search(r"(?:^\|.*\n)+", TEXT[TEXT.index(heading) :], flags=re.MULTILINE)
    assert table
    lines = table[0].splitlines()[2:]
    return [[cell.strip().strip("`") for cell in line.split("|")[1:-1]] for line in lines]


def store_example(database: Database, day: str) -> None:
    """Store the page's example as of some day; `attributed_checkouts` is filled as well."""

    def at(time: str) -> int:
        return instant.from_text(f"{day}T{time}:00.000Z")

    clicks = [
        ("u", f"c{n}", at(time), campaign)
        for n, (time, campaign) in enumerate(rows_after("clicks three times"))
    ]
    with database.connect() as connection:
        add_clicks(connection, clicks)
        add_checkouts(connection, [("u", "o", at("10:00"), 100_000_000, "EUR")])
        attribute_all(connection)


def test_every_model_is_explained() -> None:
    assert [model for model, _ in rows_after("## Models")] == [*Model]


@pytest.mark.parametrize("row", rows_after("The checkout is credited"), ids=lambda row: row[0])
def test_the_example_gives_its_numbers(database: Database, row: list[str]) -> None:
    store_example(database, "2026-11-20")
    model, *amounts = row
    campaigns = [campaign for _, campaign in rows_after("clicks three times")]
    found = database.rows(
        "SELECT campaign, revenue_micros"
        " FROM attribution_credits(%s, '2026-11-20', '2026-11-21')"
        " WHERE credit_nanos <> 0",
        model,
    )

    expected = {
        campaign: round(float(amount) * 1_000_000)
        for campaign, amount in zip(campaigns, amounts, strict=True)
        if amount != "0"
    }
    assert {str(campaign): micros for campaign, micros in found} == expected


@pytest.mark.parametrize("query", QUERIES, ids=range(len(QUERIES)))
def test_a_query_finds_something(database: Database, query: str) -> None:
    [[yesterday]] = database.rows("SELECT (now() - interval '1 day')::date::text")
    store_example(database, str(yesterday))
    with database.connect() as connection:
        # A click that led nowhere, and a shard that has been read.
        connection.execute(
            "INSERT INTO raw_clicks SELECT 'v', 'c', now() - interval '1 day', now(), 's', 's',"
            " '1', 'web', 'newsletter', '/'"
        )
        connection.execute("INSERT INTO shard_checkpoints VALUES ('s', '1', now())")

    assert database.rows(query.strip().removesuffix(";"))


def test_the_window_is_the_one_that_the_page_names(database: Database) -> None:
    assert database.rows("SELECT window_length = interval '1 hour' FROM attribution_settings") == [
        (True,)
    ]
