"""Athena's queries about experiments, over lake files, against what is known by hand."""

from __future__ import annotations

from pathlib import Path

import orjson
import pyarrow.parquet as pq
import pytest

from ops import athena
from ops.athena import LocalLake
from tests.builders import make_raw_line
from tests.unit.athena.lake_folder import write_lake

QUERIES = athena.statements(athena.QUERIES)
DAY = ("2026", "11", "20")


def line(event_type: str, clock: str, user_id: str, assigned: str | None, **more: object) -> bytes:
    at = f"2026-11-20T{clock}.000Z"
    fields = orjson.loads(
        make_raw_line(
            event_id=f"{event_type}-{clock}-{more}",
            event_type=event_type,
            timestamp=at,
            ingested_at=at,
            user_id=user_id,
            properties=more,
        )
    )
    properties = fields.pop("properties")
    marks = {"experiments": {"button": assigned, "price": "x"}} if assigned else {}
    return orjson.dumps({**fields, **marks, "properties": properties})


def shown(clock: str, user_id: str, assigned: str, variant: str, of: str = "button") -> bytes:
    return line("exposure", clock, user_id, assigned, experiment_id=of, variant=variant)


LINES = [
    # u1 converts after the exposure, u2 only before it, and u3 is never exposed.
    shown("09:00:00", "u1", "a", "a"),
    line("purchase", "09:00:00", "u1", "a"),
    line("purchase", "08:00:00", "u2", "a"),
    shown("09:00:00", "u2", "a", "a"),
    line("purchase", "09:00:00", "u3", "a"),
    # u4 is shown both variants, the wrong one first.
    shown("09:00:00", "u4", "b", "a"),
    shown("10:00:00", "u4", "b", "b"),
    line("purchase", "11:00:00", "u4", "b"),
    # An exposure to another experiment, and events without experiments.
    shown("09:00:00", "u5", "b", "b", of="price"),
    line("page_view", "09:00:00", "u5", None),
]


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> LocalLake:
    folder = tmp_path_factory.mktemp("lake")
    write_lake(folder, LINES)
    return LocalLake.open(folder)


def rows(lake: LocalLake, name: str, *more: str) -> list[tuple[object, ...]]:
    answer = lake.ask(QUERIES[name], *DAY, *more)
    assert answer.columns == QUERIES[name].columns
    return answer.rows


def test_exposures_are_counted_by_what_was_shown_and_assigned(lake: LocalLake) -> None:
    assert rows(lake, "experiment_exposures", "button") == [
        ("a", "a", 2, 2),
        ("a", "b", 1, 1),
        ("b", "b", 1, 1),
    ]


def test_users_of_two_variants_are_listed(lake: LocalLake) -> None:
    assert rows(lake, "experiment_crossovers", "button") == [("u4", 2, "a", "b")]


def test_a_funnel_counts_what_exposed_users_did_after_that(lake: LocalLake) -> None:
    assert rows(lake, "experiment_funnel", "button", "purchase") == [
        ("a", 2, 1, 0.5),
        ("b", 1, 1, 1.0),
    ]


def test_files_from_before_there_were_experiments_are_read(tmp_path: Path) -> None:
    write_lake(tmp_path, [line("page_view", "09:00:00", "u1", None), *LINES[:2]])
    [old] = tmp_path.rglob("page_view-*.parquet")
    table = pq.read_table(old)
    new = ["experiments", "seconds_since_exposure", "experiments_error"]
    pq.write_table(table.drop_columns(new), old)

    lake = LocalLake.open(tmp_path)
    assert rows(lake, "events_by_type")[-1][0] == "purchase"
    assert rows(lake, "experiment_exposures", "button") == [("a", "a", 1, 1)]
