"""Read a report from the rollups of a deployed stage."""

from __future__ import annotations

import sys
from collections.abc import Collection
from pathlib import Path

from chalicelib.aws.hourly_rollups import DynamoHourlyRollups
from chalicelib.aws.quick_items import quick
from chalicelib.aws.reads import ReadMeter, Table
from chalicelib.errors import Unreadable
from chalicelib.model.period import Period
from chalicelib.query.gather import By, Report, gather
from chalicelib.query.ports import RollupReader
from ops.kit.console import err
from ops.kit.errors import OperationFailed
from ops.reach import reach


def open_rollups(stage: str, region: str | None, state: Path) -> RollupReader:
    deployed = reach(stage, region, state)
    client = quick(deployed.session.client("dynamodb"))
    table = Table(client, deployed.names.table("aggregates"), ReadMeter(most=sys.maxsize))
    return DynamoHourlyRollups(table)


def read(reader: RollupReader, period: Period, by: By, event_types: Collection[str]) -> Report:
    """Read a report.

    Raises:
        OperationFailed: a rollup was stored by a version that kept no sketches.
    """
    try:
        with err.status("reading rollups"):
            return gather(reader, period, by, event_types)
    except Unreadable as error:
        raise OperationFailed(
            f"A rollup was stored by an older version: {' '.join(map(str, error.args))}.",
            "Roll the hours up again: `python -m ops rollup --from … --to …`.",
        ) from error
