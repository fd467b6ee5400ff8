"""What was lost or quarantined is brought back by the commands that the documents name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from chalicelib.lake.keys import prefix_of
from chalicelib.model import instant
from chalicelib.model.hour import Hour
from ops.demo.read_back import object_keys
from ops.local.cloud import Cloud
from tests.builders import make_event
from tests.e2e.conftest import Ops
from tests.e2e.waiting import wait_for

pytestmark = pytest.mark.e2e

# Of the events; no other test writes to it.
HOUR = Hour.parse("2024-05-01T05")
BROKEN = make_event(event_type="recovered", user_id=7, timestamp=instant.to_text(HOUR.start_ms))
# Whenever records arrive on the machine that runs this.
ALWAYS = ("--from", "2024-01-01", "--to", "2200-01-01")


def lake_files(cloud: Cloud) -> list[str]:
    return [*object_keys(cloud, cloud.names.lake_bucket, prefix_of(HOUR))]


def put(cloud: Cloud, event: object) -> None:
    cloud.client("kinesis").put_record(
        StreamName=cloud.names.stream("events"), Data=json.dumps(event), PartitionKey="usr_1"
    )


def test_a_quarantined_event_is_mended_and_replayed_and_its_lake_file_rebuilt(
    cloud: Cloud, ops: Ops, state: Path
) -> None:
    put(cloud, BROKEN)
    raw = cloud.names.raw_bucket
    code = ("--code", "wrong_type", "--state", state)
    wait_for(lambda: object_keys(cloud, raw, "quarantine/") or None, "quarantined record")
    wait_for(
        lambda: "wrong_type" in ops("replay", *ALWAYS, *code, "--dry-run").stdout or None,
        "quarantined record of this test",
    )

    kept = ops("replay", *ALWAYS, *code)
    fixed = ops("replay", *ALWAYS, *code, "--fix", 'sed \'s/"user_id": 7/"user_id": "u"/\'')
    repeated = ops("replay", *ALWAYS, *code, "--fix", "false")

    assert kept.returncode == 1
    assert "still invalid: wrong_type" in kept.stdout
    assert fixed.returncode == repeated.returncode == 0, fixed.stdout + fixed.stderr
    [file] = wait_for(lambda: lake_files(cloud) or None, "lake file")

    cloud.client("s3").delete_object(Bucket=cloud.names.lake_bucket, Key=file)
    hours = ("--from", HOUR.text, "--to", HOUR.plus(1).text, "--state", state)
    rebuilt = ops("rebuild", *hours)

    assert "1 raw objects were sent" in rebuilt.stdout, rebuilt.stdout + rebuilt.stderr
    assert wait_for(lambda: lake_files(cloud) or None, "lake file") == [file]
