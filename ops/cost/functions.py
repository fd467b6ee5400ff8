"""The Lambda functions: how often each runs, for how long, with how much memory."""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.wiring.world import PARALLEL_OBJECTS
from ops.cost import database, measured
from ops.cost.flow import Flow
from ops.cost.quantity import Quantity, count
from ops.cost.work import Work
from ops.cost.workload import HOURS, SECONDS

# Start, determine, compute the results of experiments, and record.
SMALL_FUNCTIONS_A_RUN = 4


def lines(flow: Flow) -> Iterator[Quantity]:
    work = _work(flow)
    runs = "; ".join(f"{one.name} {count(one.runs)}" for one in work)
    yield Quantity("lambda_requests", sum(one.runs for one in work), runs)
    times = "; ".join(one.why for one in work)
    yield Quantity("lambda_gb_seconds", sum(one.gb_seconds for one in work), times)


def invocations(flow: Flow) -> float:
    return sum(one.runs for one in _work(flow))


def traces(flow: Flow) -> float:
    """Return the traces of X-Ray: a share of the requests, and what is traced of functions.

    AWS's own rule traces one run per second and function, and a share of the others.
    """
    requests, *others = (one.runs for one in _work(flow))
    sampled = requests * flow.deployment.traced_share
    if not flow.deployment.traced_functions:
        return sampled
    first = sum(min(runs, SECONDS) for runs in others)
    return sampled + first + (sum(others) - first) * measured.TRACED_SHARE


def _work(flow: Flow) -> list[Work]:
    return [
        _ingest(flow),
        _process(flow),
        _transform(flow),
        _roll_up(flow),
        _seal(flow),
        *([database.work(flow)] if flow.deployment.attributes_by_function else []),
        *_small(flow),
    ]


def _ingest(flow: Flow) -> Work:
    load = flow.workload
    waiting = load.requests * flow.streams_a_request * measured.PUT_RECORDS_MS
    own = load.requests * measured.INGEST_REQUEST_MS + load.events * measured.INGEST_EVENT_MS
    return Work("ingest", load.requests, waiting, own, flow.deployment.memory_mb["api_handler"])


def _process(flow: Flow) -> Work:
    load = flow.workload
    waiting = (
        flow.batches * measured.PROCESS_BATCH_MS
        + flow.chunks * measured.PROCESS_CHUNK_MS
        + flow.objects * measured.PROCESS_PUT_MS
    )
    each = measured.PROCESS_EVENT_MS + load.event_bytes * measured.PROCESS_BYTE_MS
    memory = flow.deployment.memory_mb["process_events"]
    return Work("process", flow.batches, waiting, load.events * each, memory)


def _transform(flow: Flow) -> Work:
    load = flow.workload
    each = measured.TRANSFORM_EVENT_MS + load.event_bytes * measured.TRANSFORM_BYTE_MS
    return Work(
        "transform",
        flow.transforms,
        flow.objects * measured.TRANSFORM_CALLS_MS / min(PARALLEL_OBJECTS, flow.messages_a_batch),
        flow.objects * measured.TRANSFORM_OBJECT_MS + load.events * each,
        flow.deployment.memory_mb["transform_raw"],
    )


def _roll_up(flow: Flow) -> Work:
    waiting = flow.hours_rolled * measured.ROLL_UP_MS + flow.objects * measured.ROLL_UP_FILE_MS
    own = flow.workload.events * flow.rollups_an_event * measured.ROLL_UP_EVENT_MS
    memory = flow.deployment.memory_mb["roll_up_hour"]
    return Work("roll up", flow.hours_rolled, waiting, own, memory)


def _seal(flow: Flow) -> Work:
    """Each small file goes in once, and the whole hour is written again for late events."""
    waiting = flow.hours_rolled * measured.SEAL_MS + flow.objects * measured.SEAL_FILE_CALLS_MS
    rows = flow.workload.events * flow.rollups_an_event
    own = rows * measured.SEAL_EVENT_MS + flow.objects * measured.SEAL_FILE_MS
    return Work("seal", flow.hours_rolled, waiting, own, flow.deployment.memory_mb["seal_hour"])


def _small(flow: Flow) -> Iterator[Work]:
    """Start, determine, judge, compute, record and publish: once per run, or per alert."""
    memory = flow.deployment.memory_mb
    yield Work("judge", HOURS, HOURS * measured.JUDGE_MS, 0, memory["judge_hours"])
    runs = HOURS * SMALL_FUNCTIONS_A_RUN + flow.workload.alerts_sent
    waiting = runs * measured.SMALL_FUNCTION_MS
    yield Work("other functions", runs, waiting, 0, memory["record_run"])
