"""The credits in the lake, of which the newest finished run counts."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sqlglot
from sqlglot import exp

from ops import athena
from ops.athena import LocalLake, Statement
from tests.builders import make_raw_line
from tests.unit.athena.lake_folder import write_lake

STATEMENTS = athena.statements(athena.ATTRIBUTION)
QUERY = STATEMENTS["attribution_by_campaign"]
DAY = "2026-11-20"
CREDITS = pa.schema(
    [
        ("user_id", pa.string()),
        ("checkout_id", pa.string()),
        ("currency", pa.string()),
        ("click_id", pa.string()),
        ("campaign", pa.string()),
        ("credit_nanos", pa.int64()),
        ("revenue_micros", pa.int64()),
        ("run_id", pa.string()),
    ]
)
RUNS = pa.schema([("model", pa.string()), ("day", pa.string()), ("run_id", pa.string())])


def write_credits(
    lake: Path, run_id: str, *shares: tuple[str | None, int], day: str = DAY
) -> None:
    """Write a credit for each campaign, or one without a click for None."""
    rows = [
        ("u1", "o1", "EUR", name and f"k-{name}", name, nanos, nanos * 10, run_id)
        for name, nanos in shares
    ]
    path = lake / f"attribution/model=linear/day={day}/run={run_id}/part-0.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist([dict(zip(CREDITS.names, r, strict=True)) for r in rows],
                                        CREDITS), path)  # fmt: skip


def finish(lake: Path, run_id: str, *days: str) -> None:
    path = lake / f"attribution/runs/{run_id}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [{"model": "linear", "day": day, "run_id": run_id} for day in days]
    pq.write_table(pa.Table.from_pylist(rows, RUNS), path)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_lake(tmp_path, [make_raw_line()])
    return tmp_path


def asked(folder: Path, *days: str) -> list[tuple[object, ...]]:
    answer = LocalLake.open(folder).ask(QUERY, "linear", *(days or (DAY, DAY)))
    assert answer.columns == QUERY.columns
    return answer.rows


def test_credits_are_added_up_by_campaign(folder: Path) -> None:
    write_credits(folder, "r1", ("a", 250_000_000), ("b", 750_000_000), (None, 1_000_000_000))
    finish(folder, "r1", DAY)

    assert asked(folder) == [
        (None, False, "EUR", 1.0, 10_000.0),
        ("b", True, "EUR", 0.75, 7_500.0),
        ("a", True, "EUR", 0.25, 2_500.0),
    ]


def test_a_run_that_is_not_finished_is_not_read(folder: Path) -> None:
    write_credits(folder, "r1", ("old", 1))
    finish(folder, "r1", DAY)
    write_credits(folder, "r2", ("new", 1))

    assert [row[0] for row in asked(folder)] == ["old"]


def test_all_days_of_a_run_change_at_once(folder: Path) -> None:
    later = "2026-11-21"
    for day in (DAY, later):
        write_credits(folder, "r1", (f"old {day}", 1), day=day)
    finish(folder, "r1", DAY, later)
    # The second run found nothing for the later day.
    write_credits(folder, "r2", ("new", 1))
    finish(folder, "r2", DAY, later)

    assert [row[0] for row in asked(folder, DAY, later)] == ["new"]


def test_other_days_keep_what_they_have(folder: Path) -> None:
    later = "2026-11-21"
    write_credits(folder, "r1", ("kept", 1), day=later)
    finish(folder, "r1", later)
    write_credits(folder, "r2", ("new", 1))
    finish(folder, "r2", DAY)

    assert [row[0] for row in asked(folder, DAY, later)] == ["kept", "new"]


def test_a_lake_without_credits_has_no_such_tables(folder: Path) -> None:
    tables = LocalLake.open(folder).ask_sql("SELECT table_name FROM information_schema.tables")

    assert ("attribution",) not in tables.rows


@pytest.mark.parametrize("statement", STATEMENTS.values(), ids=STATEMENTS)
def test_a_statement_is_athena_sql(statement: Statement) -> None:
    [parsed] = sqlglot.parse(statement.sql.replace("${LAKE_BUCKET}", "lake"), read="athena")

    assert not isinstance(parsed, exp.Command)
    assert statement.title.endswith(".")


def test_the_view_has_the_columns_of_the_table() -> None:
    view = sqlglot.parse_one(STATEMENTS["create_attribution"].sql, read="athena")
    select = view.find(exp.Create).expression  # type: ignore[union-attr]  # it is one
    table = athena.columns_of(STATEMENTS["create_attribution_credits"].sql)

    assert select.named_selects == [column.name for column in table]


def test_the_query_opens_the_files_of_its_model_and_days_only() -> None:
    parsed = sqlglot.parse_one(QUERY.sql, read="athena")

    assert len(list(parsed.find_all(exp.Placeholder))) == len(QUERY.parameters)
    assert parsed.args["where"].this.sql("athena") == "model = ? AND day BETWEEN ? AND ?"
