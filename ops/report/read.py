"""Read a report from the rollups of a deployed stage."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from chalicelib.aws.rollup_reader import DynamoRollupReader
from chalicelib.errors import Unreadable
from chalicelib.model.period import Period
from ops.kit.console import err
from ops.kit.errors import OperationFailed
from ops.reach import reach
from ops.report.gather import By, Report, gather
from ops.report.ports import RollupReader


def open_rollups(stage: str, region: str | None, state: Path) -> RollupReader:
    deployed = reach(stage, region, state)
    client = deployed.session.client("dynamodb")
    return DynamoRollupReader(client, deployed.names.table("aggregates"))


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
