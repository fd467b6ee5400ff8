"""The path that takes attribution over begins before the oldest record that isn't stored yet."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import boto3
import pytest

from chalicelib.model.instant import HOUR_MS, MINUTE_MS, to_text
from chalicelib.model.ledger import padded
from ops.deploy.app import functions_start
from ops.deploy.attribution import attribution_body
from ops.deploy.changeover import FUNCTIONS, Changeover
from ops.deploy.spark import SparkJobs
from ops.glue.artefacts import Artefacts
from ops.kit.errors import OperationFailed
from ops.kit.project import Project
from ops.stage.names import STREAM_JOB, Names
from ops.stage.stages import AttributedBy, Stage
from ops.stage.target import Target
from tests.contract.template import STAGE

pytestmark = pytest.mark.contract

REGION = "us-east-1"
NAMES = Names(STAGE, "123456789012", REGION)
CLICKS, CHECKOUTS = NAMES.stream("clicks"), NAMES.stream("checkouts")
SHARD = "shardId-000000000000"


@dataclass
class FakeLambda:
    """The functions that are deployed, and what the database's checkpoints are."""

    checkpoints: list[dict[str, Any]] = field(default_factory=list)
    functions: set[str] = field(default_factory=set)
    error: str = ""

    class exceptions:  # noqa: N801  as the client has it
        class ResourceNotFoundException(Exception):
            pass

    def invoke(self, FunctionName: str, Payload: bytes) -> Mapping[str, Any]:  # noqa: ARG002, N803
        if FunctionName not in self.functions:
            raise self.exceptions.ResourceNotFoundException
        if self.error:
            body = {"errorMessage": self.error}
            return {"FunctionError": "Unhandled", "Payload": io.BytesIO(json.dumps(body).encode())}
        body_ = json.dumps({"checkpoints": self.checkpoints}).encode()
        return {"Payload": io.BytesIO(body_)}

    def get_function_configuration(self, FunctionName: str) -> Mapping[str, Any]:  # noqa: N803
        if FunctionName not in self.functions:
            raise self.exceptions.ResourceNotFoundException
        return {"FunctionArn": f"arn:aws:lambda:{REGION}:123456789012:function:{FunctionName}"}


@dataclass
class Session:
    """moto's, except for what runs functions."""

    lambda_: FakeLambda

    def client(self, service: str) -> Any:
        return self.lambda_ if service == "lambda" else boto3.client(service, region_name=REGION)  # type: ignore[call-overload]


@pytest.fixture
def functions(aws: None, endless_runs: None) -> FakeLambda:
    for name in (CLICKS, CHECKOUTS):
        boto3.client("kinesis", region_name=REGION).create_stream(StreamName=name, ShardCount=1)
    boto3.client("s3", region_name=REGION).create_bucket(Bucket=NAMES.artefacts_bucket)
    return FakeLambda(functions={NAMES.function("list_checkpoints")})


def target(functions: FakeLambda, by: AttributedBy) -> Target:
    stage = Stage(STAGE, attribution=True, attribution_by=by)
    return Target(Session(functions), stage, NAMES)  # type: ignore[arg-type]


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def changeover(
    functions: FakeLambda, by: AttributedBy = AttributedBy.SPARK, **changes: Any
) -> Changeover:
    return replace(Changeover(target(functions, by), now_ms()), **changes)


def put(stream: str) -> str:
    kinesis = boto3.client("kinesis", region_name=REGION)
    return kinesis.put_record(StreamName=stream, Data=b"{}", PartitionKey="u")["SequenceNumber"]


def checkpoint(stream: str, sequence: str, arrived_ms: int) -> dict[str, Any]:
    shard = f"{stream}-{SHARD}"
    return {"shard": shard, "sequence": padded(sequence), "arrived_ms": arrived_ms}


def test_it_begins_five_minutes_before_the_oldest_shard_that_holds_more(
    functions: FakeLambda,
) -> None:
    clicks_ms, checkouts_ms = now_ms() - 2 * HOUR_MS, now_ms() - 3 * HOUR_MS
    functions.checkpoints = [
        checkpoint(CLICKS, put(CLICKS), clicks_ms),
        checkpoint(CHECKOUTS, put(CHECKOUTS), checkouts_ms),
    ]
    put(CLICKS)
    put(CHECKOUTS)

    assert changeover(functions).position_ms() == checkouts_ms - 5 * MINUTE_MS


def test_a_shard_that_is_read_to_its_end_holds_nothing_back(functions: FakeLambda) -> None:
    functions.checkpoints = [
        checkpoint(CLICKS, put(CLICKS), now_ms() - 40 * HOUR_MS),
        checkpoint(CHECKOUTS, put(CHECKOUTS), now_ms() - HOUR_MS),
    ]
    now = now_ms()

    assert changeover(functions, now_ms=now).position_ms() == now - 5 * MINUTE_MS


def test_a_shard_that_was_never_read_is_read_from_its_beginning(functions: FakeLambda) -> None:
    functions.checkpoints = [checkpoint(CLICKS, put(CLICKS), now_ms())]
    put(CHECKOUTS)

    assert changeover(functions).position_ms() is None


@pytest.mark.parametrize("deployed", [set(), {NAMES.function("list_checkpoints")}])
def test_without_checkpoints_the_oldest_record_is_the_first(
    functions: FakeLambda, deployed: set[str]
) -> None:
    functions.functions = deployed
    put(CLICKS)

    assert changeover(functions).position_ms() is None


def late(functions: FakeLambda) -> None:
    functions.checkpoints = [checkpoint(CLICKS, put(CLICKS), now_ms() - 23 * HOUR_MS)]
    put(CLICKS)


def test_records_that_the_streams_may_have_lost_are_refused_with_what_to_do(
    functions: FakeLambda,
) -> None:
    late(functions)

    with pytest.raises(OperationFailed, match="may have lost some") as refused:
        changeover(functions).position_ms()
    assert "rebuild --attribution --from" in refused.value.advice
    assert "--rebuilt" in refused.value.advice


def test_after_a_rebuild_it_begins_at_what_the_streams_still_hold(functions: FakeLambda) -> None:
    late(functions)

    assert changeover(functions, is_rebuilt=True).position_ms() is None


def test_checkpoints_that_cannot_be_read_stop_the_deployment(functions: FakeLambda) -> None:
    functions.error = "StoreUnavailable: connection refused"

    with pytest.raises(OperationFailed, match="could not be read: StoreUnavailable"):
        changeover(functions).position_ms()


@pytest.fixture
def project(tmp_path: Path) -> Project:
    for name in ("stream.py", "batch.py"):
        (tmp_path / "glue").mkdir(exist_ok=True)
        (tmp_path / "glue" / name).write_text(f"# {name}\n")
    (tmp_path / "chalicelib").mkdir()
    (tmp_path / "chalicelib" / "model.py").write_text("")
    (tmp_path / "requirements.txt").write_text("orjson==3.13.0\n")
    return Project(tmp_path)


MakeJobs = Callable[[FakeLambda, AttributedBy], SparkJobs]


@pytest.fixture
def make_jobs(project: Project) -> MakeJobs:
    def make(functions: FakeLambda, by: AttributedBy) -> SparkJobs:
        return SparkJobs(changeover(functions, by), Artefacts.of(project, lambda _: b"wheels"))

    return make


def deploy_stack(parameters: Mapping[str, str]) -> None:
    """A stack of these parameters, without the network, which moto takes a while to make."""
    body = json.loads(attribution_body(Project()))
    nothing = {"Type": "AWS::SNS::Topic"}
    small = {"Parameters": body["Parameters"], "Resources": {"Nothing": nothing}}
    given = [{"ParameterKey": k, "ParameterValue": v} for k, v in parameters.items()]
    boto3.client("cloudformation", region_name=REGION).create_stack(
        StackName=NAMES.attribution_stack,
        TemplateBody=json.dumps(small),
        Parameters=given,  # type: ignore[arg-type]
    )


def test_the_first_job_begins_where_the_functions_are(
    functions: FakeLambda, make_jobs: MakeJobs
) -> None:
    arrived_ms = now_ms() - HOUR_MS
    functions.functions |= set(map(NAMES.function, FUNCTIONS))
    functions.checkpoints = [checkpoint(CLICKS, put(CLICKS), arrived_ms)]
    put(CLICKS)

    parameters = make_jobs(functions, AttributedBy.SPARK).parameters()

    assert parameters["SparkJobs"] == "true"
    assert parameters["JobStartsAt"] == f"{to_text(arrived_ms - 5 * MINUTE_MS)[:19]}Z"
    assert parameters["JobCheckpoints"].isalnum()


def test_a_job_that_is_deployed_keeps_its_beginning_and_its_checkpoints(
    functions: FakeLambda, make_jobs: MakeJobs
) -> None:
    kept = {"JobStartsAt": "2026-11-01T00:00:00Z", "JobCheckpoints": "20261101T000000"}
    deploy_stack({"SparkJobs": "true", "JobArtefacts": "glue/old", **kept})

    parameters = make_jobs(functions, AttributedBy.SPARK).parameters()

    assert {name: parameters[name] for name in kept} == kept
    assert parameters["JobArtefacts"] != "glue/old"


def test_a_job_that_follows_the_functions_once_more_has_new_checkpoints(
    functions: FakeLambda, make_jobs: MakeJobs
) -> None:
    deploy_stack({"SparkJobs": "true", "JobCheckpoints": "20261101T000000"})
    functions.functions |= set(map(NAMES.function, FUNCTIONS))

    parameters = make_jobs(functions, AttributedBy.SPARK).parameters()

    assert parameters["JobCheckpoints"] != "20261101T000000"


def test_a_stage_of_functions_has_no_jobs(functions: FakeLambda, make_jobs: MakeJobs) -> None:
    assert make_jobs(functions, AttributedBy.FUNCTION).parameters() == {"SparkJobs": "false"}


def run_job() -> str:
    glue = boto3.client("glue", region_name=REGION)
    job = NAMES.job(STREAM_JOB)
    command = {"Name": "gluestreaming", "ScriptLocation": "s3://any/stream.py"}
    glue.create_job(Name=job, Role="arn:aws:iam::123456789012:role/any", Command=command)  # type: ignore[arg-type]
    return glue.start_job_run(JobName=job)["JobRunId"]


def test_the_functions_do_not_come_back_while_the_job_runs(
    functions: FakeLambda, make_jobs: MakeJobs
) -> None:
    run_id = run_job()

    with pytest.raises(OperationFailed, match=f"still attributes, as run {run_id}") as refused:
        make_jobs(functions, AttributedBy.FUNCTION).parameters()
    assert "glue stop" in refused.value.advice


def test_functions_that_come_back_begin_where_the_job_ended(functions: FakeLambda) -> None:
    arrived_ms = now_ms() - 4 * HOUR_MS
    functions.checkpoints = [checkpoint(CLICKS, put(CLICKS), arrived_ms)]
    put(CLICKS)

    starts_at = functions_start(changeover(functions, AttributedBy.FUNCTION))

    assert starts_at == str((arrived_ms - 5 * MINUTE_MS) // 1000)


def test_functions_that_are_deployed_keep_their_event_sources(functions: FakeLambda) -> None:
    """Another position would replace them, and read everything after it again."""
    functions.functions |= set(map(NAMES.function, FUNCTIONS))
    functions.checkpoints = [checkpoint(CLICKS, put(CLICKS), now_ms())]

    assert functions_start(changeover(functions, AttributedBy.FUNCTION)) == "0"


def test_a_stage_of_spark_has_no_functions_to_begin(functions: FakeLambda) -> None:
    assert functions_start(changeover(functions, AttributedBy.SPARK)) == "0"
