"""A stream goes only when nothing is written to it and everything in it is processed."""

from __future__ import annotations

import json

import boto3
import pytest

from chalicelib.aws.ledger import DynamoBatchLedger
from chalicelib.model.ledger import padded
from chalicelib.settings.streams import OwnStreams
from ops.deploy.draining import refuse_undrained
from ops.doctor.streams import drained
from ops.kit.errors import OperationFailed
from ops.stage.names import Names
from ops.stage.stages import Stage
from ops.stage.target import Target
from tests.contract.template import STAGE, create_tables

pytestmark = pytest.mark.contract

NAMES = Names(STAGE, "123456789012", "us-east-1")
CLICKS = NAMES.stream("clicks")


def target(own_streams: OwnStreams = OwnStreams.NO) -> Target:
    session = boto3.Session(region_name="us-east-1")
    return Target(session, Stage(STAGE, own_streams=own_streams), NAMES)


@pytest.fixture(autouse=True)
def _before(aws: None) -> None:
    """A clicks stream, and no API."""
    create_tables(boto3.client("dynamodb"))
    boto3.client("kinesis").create_stream(StreamName=CLICKS, ShardCount=1)


def put() -> str:
    kinesis = boto3.client("kinesis")
    put = kinesis.put_record(StreamName=CLICKS, Data=b"{}", PartitionKey="u")
    return put["SequenceNumber"]


def commit(sequence: str) -> None:
    item = {
        "batch_id": {"S": f"checkpoint#{CLICKS}-shardId-000000000000"},
        "processed_at": {"S": "checkpoint"},
        "sequence_number": {"S": padded(sequence)},
    }
    boto3.client("dynamodb").put_item(TableName=NAMES.table("batches"), Item=item)


def make_api(own_streams: str | None) -> None:
    trust = {"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole"}]}
    role = boto3.client("iam").create_role(
        RoleName="any", AssumeRolePolicyDocument=json.dumps(trust)
    )["Role"]["Arn"]
    variables = {} if own_streams is None else {"OWN_STREAMS": own_streams}
    boto3.client("lambda").create_function(
        FunctionName=NAMES.api_function,
        Runtime="python3.12",
        Role=role,
        Handler="app.app",
        Code={"ZipFile": b"no more than a name"},
        Environment={"Variables": variables},
    )


def test_a_stream_whose_last_record_is_committed_may_go() -> None:
    commit(put())

    refuse_undrained(target())


def test_a_stream_that_was_never_written_to_may_go() -> None:
    refuse_undrained(target())


def test_a_stream_with_a_record_above_its_checkpoint_is_kept() -> None:
    commit(put())
    put()

    with pytest.raises(OperationFailed, match="clicks has unprocessed records in shardId-0"):
        refuse_undrained(target())


def test_a_stream_that_was_never_read_is_kept() -> None:
    put()

    with pytest.raises(OperationFailed, match="unprocessed"):
        refuse_undrained(target())


@pytest.mark.parametrize("own_streams", ["true", None], ids=["fed", "deployed long ago"])
def test_a_stream_that_the_api_writes_to_is_kept(own_streams: str | None) -> None:
    make_api(own_streams)

    with pytest.raises(OperationFailed, match="still writes") as refused:
        refuse_undrained(target())
    assert "draining" in refused.value.advice


def test_a_stream_that_the_stage_has_is_of_no_concern() -> None:
    make_api("true")
    put()

    refuse_undrained(target(OwnStreams.YES))
    refuse_undrained(target(OwnStreams.DRAINING))


def test_the_doctor_says_when_the_streams_are_drained() -> None:
    make_api("draining")
    first = put()
    before = list(drained(target(OwnStreams.DRAINING)))
    commit(first)

    [problem] = drained(target(OwnStreams.DRAINING))
    assert before == []
    assert "drained" in problem


def test_a_checkpoint_is_read_as_it_was_committed() -> None:
    ledger = DynamoBatchLedger(
        boto3.client("dynamodb"), NAMES.table("batches"), NAMES.table("metrics")
    )
    commit("17")

    assert ledger.checkpoint(f"{CLICKS}-shardId-000000000000") == padded("17")
    assert ledger.checkpoint(f"{CLICKS}-shardId-000000000001") is None
