"""The lake's columns are stated in Arrow, in Athena's DDL and for Glue: always the same."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import sqlglot
from sqlglot import exp

from chalicelib.lake import schema
from ops import athena
from ops.athena import Statement
from ops.cloudformation.template import read_template
from ops.kit.project import Project

TYPES = {
    schema.TEXT: "string",
    schema.NUMBER: "double",
    schema.FLAG: "boolean",
    schema.DAY: "date",
    schema.INSTANT: "timestamp",
    schema.VARIANTS: "map<string,string>",
}
DDL = athena.statements(athena.TABLES)
QUERIES = athena.statements(athena.QUERIES)
EVERY = {**DDL, **QUERIES}

type Columns = Sequence[tuple[str, str]]


def in_arrow(fields: pa.Schema) -> Columns:
    return [(field.name, TYPES[field.type]) for field in fields]


def in_athena(sql: str) -> Columns:
    kinds = ((c.name, c.args["kind"].sql("hive").lower()) for c in athena.columns_of(sql))
    return [(name, kind.replace(", ", ",")) for name, kind in kinds]


@pytest.fixture(scope="module")
def glue() -> dict[str, Any]:
    template = read_template(Project().backing_template)
    table: dict[str, Any] = template["Resources"]["LakeEvents"]["Properties"]["TableInput"]
    return table


def in_glue(columns: list[dict[str, str]]) -> Columns:
    return [(column["Name"], column["Type"]) for column in columns]


def with_bucket(statement: Statement, lake_bucket: str) -> str:
    """Return the statement as people hand it to Athena."""
    return statement.sql.replace("${LAKE_BUCKET}", lake_bucket)


PARTITIONS: Columns = [(name, "string") for name in ("year", "month", "day", "hour")]


def test_athena_has_the_columns_of_the_lake() -> None:
    assert in_athena(DDL["create_events"].sql) == [*in_arrow(schema.LAKE), *PARTITIONS]


def test_glue_has_the_columns_of_the_lake(glue: dict[str, Any]) -> None:
    assert in_glue(glue["StorageDescriptor"]["Columns"]) == in_arrow(schema.LAKE)
    assert in_glue(glue["PartitionKeys"]) == PARTITIONS


def test_the_view_has_the_columns_of_the_table() -> None:
    view = sqlglot.parse_one(DDL["create_events_unique"].sql, read="athena")
    select = view.find(exp.Create).expression  # type: ignore[union-attr]  # it is one

    assert select.named_selects == [name for name, _ in in_athena(DDL["create_events"].sql)]


def test_athena_and_glue_find_the_folders_alike(glue: dict[str, Any]) -> None:
    table = sqlglot.parse_one(
        DDL["create_events"].sql.replace("${LAKE_BUCKET}", "lake"), read="athena"
    )
    stated = {
        one.name: one.args["value"].name
        for one in table.find_all(exp.Property)
        if type(one) is exp.Property
    }
    told = {
        name: str(value.get("Fn::Sub")).replace("${!", "${").replace("${LakeBucket}", "lake")
        if isinstance(value, dict)
        else value
        for name, value in glue["Parameters"].items()
    }

    assert {n: v for n, v in stated.items() if n.startswith(("projection", "storage"))} == {
        n: v for n, v in told.items() if n.startswith(("projection", "storage"))
    }
    assert stated["storage.location.template"] == (
        "s3://lake/events/year=${year}/month=${month}/day=${day}/hour=${hour}/"
    )
    assert glue["StorageDescriptor"]["Location"] == {"Fn::Sub": "s3://${LakeBucket}/events/"}


@pytest.mark.parametrize("statement", EVERY.values(), ids=EVERY)
def test_a_statement_is_athena_sql(statement: Statement) -> None:
    [parsed] = sqlglot.parse(statement.sql.replace("${LAKE_BUCKET}", "lake"), read="athena")

    assert not isinstance(parsed, exp.Command)
    assert statement.title.endswith(".")


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_a_query_has_the_parameters_and_columns_that_it_names(query: Statement) -> None:
    parsed = sqlglot.parse_one(query.sql, read="athena")

    assert len(list(parsed.find_all(exp.Placeholder))) == len(query.parameters)
    assert tuple(parsed.named_selects) == query.columns  # type: ignore[attr-defined]  # a query


ONE_DAY = "year = ? AND month = ? AND day = ?"
SEVERAL_DAYS = "year BETWEEN ? AND ? AND year || '-' || month || '-' || day BETWEEN ? AND ?"
RANGE = ("first_year", "last_year", "first_day", "last_day")


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_a_query_opens_the_files_of_its_days_only(query: Statement) -> None:
    asks_for_a_range = query.parameters[: len(RANGE)] == RANGE
    days = SEVERAL_DAYS if asks_for_a_range else ONE_DAY
    parsed = sqlglot.parse_one(query.sql, read="athena")
    reads = [table for table in parsed.find_all(exp.Table) if table.db == "eventstream"]

    assert asks_for_a_range or query.parameters[:3] == ("year", "month", "day")
    assert reads
    for table in reads:
        where = table.find_ancestor(exp.Select).args["where"]  # type: ignore[union-attr]  # in one
        assert where.this.sql("athena").startswith(days)


def test_a_bucket_is_put_in_wherever_the_table_names_it() -> None:
    sql = DDL["create_events"].sql.replace("${LAKE_BUCKET}", "eventstream-dev-lake-1-eu-west-1")

    assert "LAKE_BUCKET" not in sql
    assert sql.count("s3://eventstream-dev-lake-1-eu-west-1/events/") == 2


def test_a_statement_without_its_header_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "broken.sql"
    file.write_text("-- name: broken\n-- A title.\nSELECT 1;\n")

    with pytest.raises(ValueError, match="broken: no line of parameters"):
        athena.statements(file)
