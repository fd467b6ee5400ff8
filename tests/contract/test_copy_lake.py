"""The lake's files come to this machine as they lie in the bucket, and answer there."""

from __future__ import annotations

from pathlib import Path

import boto3
import pytest

from ops.athena import LocalLake, copy_lake
from tests.builders import make_raw_line
from tests.unit.athena.lake_folder import write_lake

pytestmark = pytest.mark.contract

BUCKET = "eventstream-local-lake"


def test_a_copied_lake_answers_queries(aws: None, tmp_path: Path) -> None:
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket=BUCKET)
    s3.put_object(Bucket=BUCKET, Key="elsewhere/x.parquet", Body=b"no lake file")
    written = tmp_path / "written"
    write_lake(written, [make_raw_line(), make_raw_line(event_type="click")])
    for path in written.rglob("*.parquet"):
        s3.upload_file(str(path), BUCKET, path.relative_to(written).as_posix())

    assert copy_lake(s3, BUCKET, tmp_path / "copy") == 2

    answer = LocalLake.open(tmp_path / "copy").ask_sql(
        "SELECT event_type FROM eventstream.events WHERE hour = '12' ORDER BY 1"
    )
    assert answer.rows == [("click",), ("page_view",)]
