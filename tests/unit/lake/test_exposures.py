from __future__ import annotations

import io
import json
from collections.abc import Sequence

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from chalicelib.lake import exposures

SHOWN = {"experiment_id": "exp-a", "variant": "control"}
LABEL = f"exp-a{exposures.SEPARATOR}control"


def labels_of(*groups: Sequence[tuple[str, object]], statistics: bool = True) -> list[str | None]:
    """Write each list of types and properties as a row group, and label what is read of it."""
    sink = io.BytesIO()
    schema = pa.schema([("event_type", pa.string()), ("properties", pa.string())])
    with pq.ParquetWriter(sink, schema, write_statistics=statistics) as writer:
        for rows in groups:
            types, properties = zip(*rows, strict=True)
            columns = [pa.array(types), pa.array(map(json.dumps, properties))]
            writer.write_table(pa.table(columns, schema=schema))
    labelled: list[str | None] = exposures.labels(pq.ParquetFile(sink)).to_pylist()
    return labelled


def test_an_exposure_is_labelled_by_its_experiment_and_variant() -> None:
    assert labels_of([("exposure", SHOWN | {"page": "/"})]) == [LABEL]


def test_other_events_have_no_label_whatever_they_say() -> None:
    assert labels_of([("click", SHOWN), ("exposure", SHOWN), ("view", {"variant": 1})]) == [
        None,
        LABEL,
        None,
    ]


@pytest.mark.parametrize("statistics", [True, False])
def test_each_row_group_is_looked_at_by_itself(statistics: bool) -> None:
    click, exposure, view = ([(name, SHOWN)] for name in ("click", "exposure", "view"))

    assert labels_of(click, exposure, view, statistics=statistics) == [None, LABEL, None]


@pytest.mark.parametrize(
    "properties",
    [
        {},
        {"experiment_id": "exp-a"},
        {"variant": "control"},
        {"experiment": "exp-a", "variant": "control"},
        SHOWN | {"variant": None},
        SHOWN | {"variant": 1},
        SHOWN | {"variant": "x" * 65},
        SHOWN | {"experiment_id": f"exp-a{exposures.SEPARATOR}b"},
    ],
    ids=str,
)
def test_an_exposure_that_says_too_little_has_no_label_and_spoils_no_other(
    properties: dict[str, object],
) -> None:
    rows = [("exposure", properties), ("exposure", SHOWN)]

    assert labels_of(rows) == [None, LABEL]


def test_a_file_without_rows_has_no_labels() -> None:
    assert labels_of() == []
