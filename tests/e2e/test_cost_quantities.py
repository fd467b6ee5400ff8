"""A known workload on the local cloud, and the requests that the cost model expects of it.

How many records a batch has is AWS's affair, so batches, chunks and objects are counted and given
to the model; what each of them takes is compared.
"""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from chalicelib.model.hour import Hour
from chalicelib.model.measure import STEADY
from chalicelib.settings.streams import OwnStreams
from ops.cost import functions, measured, tables
from ops.cost.deployed import read
from ops.cost.flow import Flow
from ops.cost.model import quantities_of
from ops.cost.workload import Workload
from ops.demo.schedule import paused
from ops.local.bring_up import BringUp
from ops.local.cloud import Cloud
from ops.local.home import Home
from ops.local.ministack import LOG_LEVEL
from ops.local.port import free_port
from ops.local.take_down import take_down
from ops.stage.stages import LOCAL
from tests.builders import make_client_event
from tests.e2e.http import ask
from tests.e2e.test_logs import Report, log_of
from tests.e2e.waiting import wait_for

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.slow,
    # The local cloud outlives the object that started it, as it outlives a command.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

LOAD = Workload(events=200, events_per_request=20, types=10, queries=0, months_kept=1)
TOLERANCE = 0.1
REQUEST = re.compile(r"DEBUG \[ministack\] (\w+) (\S+) -> service=(\S+) ")
A_RUN = ("start_hourly_rollup", "determine_hours", "judge_hours", "compute_results", "record_run")
AN_HOUR = ("roll_up_hour", "seal_hour")
# Nearly all invocations are of these.
MOST = ("api_handler", "process_events", "transform_raw")
FUNCTIONS = (*MOST, *A_RUN, *AN_HOUR)

type Lines = dict[str, list[Report]]


@dataclass(frozen=True)
class Counted(Flow):
    """The model's flow with batches, chunks, objects and hours as they were counted."""

    lines: Lines

    def _sum(self, function: str, figure: str) -> int:
        return sum(int(line.get(figure, 0)) for line in self.lines[function])

    @cached_property
    def batches(self) -> float:
        return len(self.lines["process_events"])

    @cached_property
    def chunks(self) -> float:
        return self._sum("process_events", "chunks")

    @cached_property
    def objects(self) -> float:
        return self._sum("process_events", "objects")

    @property
    def transforms(self) -> float:
        return len(self.lines["transform_raw"])

    @property
    def hours_rolled(self) -> float:
        return len(self.lines["roll_up_hour"])


@dataclass(frozen=True)
class Month:
    """What was counted, and what the model says; `stored` is before the rollup began."""

    flow: Counted
    stored: Counter[str]
    requests: Counter[str]
    states: int

    def billed(self, key: str) -> float:
        [found] = [one.amount for one in quantities_of(self.flow) if one.key == key]
        return found

    def runs(self, *names: str) -> int:
        return sum(len(self.flow.lines[name]) for name in names)


@pytest.fixture(scope="module")
def counted_cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """Return a cloud that logs each request, with one stream as stages have by default."""
    home = Home(tmp_path_factory.mktemp("counted") / "cloud")
    stage = replace(LOCAL, attribution=False, own_streams=OwnStreams.NO)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(LOG_LEVEL, "DEBUG")
        try:
            yield BringUp(home, stage=stage)(free_port())
        finally:
            take_down(home, purge=True)


@pytest.fixture(scope="module")
def month(counted_cloud: Cloud) -> Month:
    # At ten past an hour there would be a second run to count.
    with paused(counted_cloud):
        return counted(counted_cloud)


def counted(cloud: Cloud) -> Month:
    log = Path(cloud.log_file)
    before, start = lines_of(cloud), log.stat().st_size
    send(cloud)
    wait_for(lambda: is_stored(since(before, lines_of(cloud))) or None, "events in the lake")
    stored = requests_in(log, start)
    roll_up(cloud)
    wait_for(lambda: since(before, lines_of(cloud))["record_run"] or None, "end of the run")
    lines = since(before, lines_of(cloud))
    # The word of a new notification names no object.
    lines["transform_raw"] = [line for line in lines["transform_raw"] if line["objects"]]
    flow = Counted(LOAD, read(LOCAL.name), lines)
    return Month(flow, stored, requests_in(log, start), entered(cloud))


def send(cloud: Cloud) -> None:
    """Send events of the hour before the last, request by request."""
    hour = hour_now().plus(-2)
    for number in range(int(LOAD.requests)):
        batch = [
            make_client_event(
                event_id=f"counted-{number}-{n}",
                event_type=f"counted_{n % LOAD.types}",
                timestamp=hour.start_ms + 1_000 * n,
            )
            for n in range(LOAD.events_per_request)
        ]
        answer = ask(cloud.api_url, "POST", "/events/batch", batch, cloud.api_key)
        assert answer.status == 200, answer


def hour_now() -> Hour:
    return Hour.of(time.time_ns() // 1_000_000)


def roll_up(cloud: Cloud) -> None:
    """Call what the schedule calls."""
    event = {
        **dict.fromkeys(("id", "detail-type", "source", "account", "region"), "x"),
        "time": f"{hour_now().text}:10:00Z",
        "resources": [],
        "detail": {},
        "version": "0",
    }
    function = cloud.names.function("start_hourly_rollup")
    cloud.client("lambda").invoke(FunctionName=function, Payload=json.dumps(event).encode())


def lines_of(cloud: Cloud) -> Lines:
    return {name: log_of(cloud, name, 0) for name in FUNCTIONS}


def since(before: Lines, now: Lines) -> Lines:
    return {name: lines[len(before[name]) :] for name, lines in now.items()}


def is_stored(lines: Lines) -> bool:
    rows = sum(int(line.get("rows", 0)) for line in lines["transform_raw"])
    return rows == LOAD.events


def requests_in(log: Path, start: int) -> Counter[str]:
    with log.open("rb") as file:
        file.seek(start)
        text = file.read().decode(errors="replace")
    return Counter(map(kind_of, REQUEST.findall(text)))


def kind_of(request: Sequence[str]) -> str:
    """Return a request's service; of S3, with what it is billed as."""
    method, path, service = request
    if service != "s3":
        return service
    is_list = method == "GET" and path.strip("/").count("/") == 0
    return "s3 LIST" if is_list else f"s3 {method}"


def entered(cloud: Cloud) -> int:
    """Count the states that runs entered; the local cloud has none of those in a Map."""
    client, machine = cloud.client("stepfunctions"), cloud.names.rollup_state_machine_arn
    events: list[Any] = [
        event
        for run in client.list_executions(stateMachineArn=machine)["executions"]
        for event in client.get_execution_history(executionArn=run["executionArn"])["events"]
    ]
    return sum(event["type"].endswith("StateEntered") for event in events)


def test_an_api_request_is_one_invocation_and_one_put_into_the_stream(month: Month) -> None:
    requests = month.billed("api_requests")

    assert month.runs("api_handler") == requests
    assert month.stored["kinesis"] == requests * month.flow.streams_a_request


def test_a_batch_is_one_invocation_and_a_chunk_has_an_object_for_each_type(month: Month) -> None:
    records = sum(line["records"] for line in month.flow.lines["process_events"])

    assert records == LOAD.events
    assert month.flow.objects == month.flow.chunks * LOAD.types


def test_each_raw_object_is_one_message(month: Month) -> None:
    messages = sum(line["messages"] for line in month.flow.lines["transform_raw"])

    assert messages == pytest.approx(month.flow.objects, rel=TOLERANCE)


def test_writes_and_lists_of_s3_are_what_the_model_says(month: Month) -> None:
    counted = month.requests["s3 PUT"] + month.requests["s3 LIST"]

    assert counted == pytest.approx(month.billed("s3_puts"), rel=TOLERANCE)


def test_reads_of_s3_are_what_the_model_says(month: Month) -> None:
    counted = month.requests["s3 GET"] + month.requests["s3 HEAD"]

    assert counted == pytest.approx(month.billed("s3_gets"), rel=TOLERANCE)


def test_events_take_as_many_requests_of_dynamodb_as_the_model_says(month: Month) -> None:
    expected = tables.requests_of_events(month.flow)

    assert month.stored["dynamodb"] == pytest.approx(expected, rel=TOLERANCE)


def test_a_run_takes_as_many_invocations_and_states_as_the_model_says(month: Month) -> None:
    runs, made = month.runs("record_run"), month.flow.deployment

    # One of them is to judge.
    assert month.runs(*A_RUN) == runs * (1 + functions.SMALL_FUNCTIONS_A_RUN)
    assert month.runs(*AN_HOUR) == 2 * month.flow.hours_rolled
    assert month.states == runs * made.states


@pytest.mark.parametrize("name", sorted(set(FUNCTIONS) - {"compute_results"}))
def test_a_function_emits_the_metrics_that_the_model_counts(month: Month, name: str) -> None:
    """Without experiments `compute_results` has nothing to count."""
    embedded = [line["_aws"] for line in month.flow.lines[name] if "_aws" in line]
    found = [metric for one in embedded for metric in one["CloudWatchMetrics"][0]["Metrics"]]

    assert {metric["Name"] for metric in found} == STEADY.get(name, frozenset())


def test_a_line_of_the_log_is_as_long_as_the_model_says(month: Month) -> None:
    """As JSON without spaces, as it is written; CloudWatch adds 26 bytes."""
    lines = [line for name in MOST for line in month.flow.lines[name]]
    sizes = [len(json.dumps(line, separators=(",", ":"))) + 26 for line in lines]

    assert sum(sizes) / len(sizes) == pytest.approx(measured.LOG_BYTES, rel=TOLERANCE)
