"""From a workload to what AWS counts: pure, and each quantity says how it came about."""

from __future__ import annotations

import math
from collections.abc import Iterator

from ops.cost import functions, measured, tables
from ops.cost.deployed import Deployment
from ops.cost.flow import Flow
from ops.cost.line import Line, count
from ops.cost.workload import GB, HOURS, SECONDS, Workload

PUT_UNIT_BYTES = 25 * 1024
# A message is billed by 64 KB, a notification is far smaller; sent, received, deleted.
REQUESTS_A_MESSAGE = 3
# Smaller objects stay where they are.
LEAST_COLD_BYTES = 128 * 1024
DAYS_A_MONTH = HOURS / 24
FUNCTIONS_OF_A_RUN = 6


def quantities(workload: Workload, deployment: Deployment) -> list[Line]:
    """Return everything that is billed, also what comes to nothing this month."""
    flow = Flow(workload, deployment)
    return [
        *_api(flow),
        *functions.lines(flow),
        *_kinesis(flow),
        *_kms(flow),
        *_s3(flow),
        *_sqs(flow),
        *tables.lines(flow),
        *_rollup_and_alerts(flow),
        *_watching(flow),
        *_queries(flow),
    ]


def _api(flow: Flow) -> Iterator[Line]:
    load = flow.workload
    why = f"{count(load.events)} events, {load.events_per_request} a request"
    yield Line("api_requests", load.requests, why)
    results = load.events_per_request if load.events_per_request > 1 else 0
    answer = measured.ANSWER_BYTES + measured.RESULT_BYTES * results
    yield Line("data_out", load.requests * answer, f"{answer:,} bytes an answer, headers included")


def _kinesis(flow: Flow) -> Iterator[Line]:
    load, shards = flow.workload, flow.shards
    if load.on_demand:
        yield Line("kinesis_stream_hours", 3 * HOURS, f"3 streams, {HOURS} hours")
        size = math.ceil(load.event_bytes / 1024) * 1024
        why = f"{count(load.events)} events of {size:,} bytes, rounded up to whole KiB"
        yield Line("kinesis_gb_in", load.events * size, why)
        yield Line("kinesis_gb_out", load.events * size, "the same, read once, by process")
    else:
        why = f"{shards} shards in 3 streams, {HOURS} hours"
        yield Line("kinesis_shard_hours", shards * HOURS, why)
        units = math.ceil(load.event_bytes / PUT_UNIT_BYTES)
        yield Line("kinesis_put_units", load.events * units, f"{units} an event, of 25 KiB each")
    if flow.deployment.stream_retention_hours > 24:
        kept = f"records are kept for {flow.deployment.stream_retention_hours} hours"
        yield Line("kinesis_extended_hours", shards * HOURS, f"{shards} shards; {kept}")


def _kms(flow: Flow) -> Iterator[Line]:
    slots = SECONDS / measured.KMS_S
    streams = 3 * slots * measured.KINESIS_KMS_CALLS
    # Three process functions use two tables each, and transform two.
    by_table = 2 * sum(min(slots, one.batches) for one in flow.streams)
    by_table += 2 * min(slots, flow.transforms)
    runs = HOURS * FUNCTIONS_OF_A_RUN
    why = (
        f"each stream {measured.KINESIS_KMS_CALLS} in 5 minutes: {count(streams)};"
        f" each function and table at most 1 in 5 minutes: {count(by_table + runs)}"
    )
    yield Line("kms_requests", streams + by_table + runs + flow.workload.alerts_sent, why)


def _s3(flow: Flow) -> Iterator[Line]:
    load, objects = flow.workload, flow.objects
    warm_months = float(load.months_kept)
    object_bytes = flow.raw_bytes / objects if objects else 0
    if object_bytes >= LEAST_COLD_BYTES:
        warm_months = min(load.months_kept, flow.deployment.cold_days / DAYS_A_MONTH)
    cold_months = load.months_kept - warm_months
    standard = flow.raw_bytes * warm_months + flow.lake_bytes * load.months_kept
    why = (
        f"raw {flow.raw_bytes / GB:,.2f} GB a month, {warm_months:.3g} of them;"
        f" lake {flow.lake_bytes / GB:,.2f} GB, {load.months_kept} of them"
    )
    yield Line("s3_standard", standard, why)
    if cold_months:
        cold = f"raw after {flow.deployment.cold_days:.0f} days"
        yield Line("s3_glacier_ir", flow.raw_bytes * cold_months, cold)
        yield Line("s3_transitions", objects, f"{count(objects)} raw objects reach that age")
    lists = flow.hours_rolled + objects * flow.rollups_a_file / 1_000
    why = f"{count(objects)} raw objects, as many lake files, {count(lists)} lists"
    yield Line("s3_puts", 2 * objects + lists, why)
    opened = load.queries * objects / DAYS_A_MONTH
    rolled = objects * flow.rollups_a_file
    why = f"transform 2 an object, rollup {count(rolled)} files, queries {count(opened)} files"
    gets = 2 * objects + rolled + opened * measured.GETS_A_FILE
    yield Line("s3_gets", gets, why)


def _sqs(flow: Flow) -> Iterator[Line]:
    polls = measured.POLLERS * SECONDS / measured.POLL_S
    why = (
        f"{REQUESTS_A_MESSAGE} for each of {count(flow.objects)} raw objects;"
        f" {measured.POLLERS} pollers waiting {measured.POLL_S} s at a time: {count(polls)}"
    )
    yield Line("sqs_requests", REQUESTS_A_MESSAGE * flow.objects + polls, why)


def _rollup_and_alerts(flow: Flow) -> Iterator[Line]:
    made, alerts = flow.deployment, flow.workload.alerts_sent
    steps = HOURS * made.states + flow.hours_rolled * made.states_an_hour
    why = (
        f"{HOURS} runs of {made.states}, {count(flow.hours_rolled)} hours of {made.states_an_hour}"
    )
    yield Line("step_transitions", steps, why)
    yield Line("sns_publishes", alerts, f"{alerts:,} alerts")
    yield Line("sns_emails", alerts, "one subscriber")


def _watching(flow: Flow) -> Iterator[Line]:
    made, load = flow.deployment, flow.workload
    written = functions.invocations(flow) * measured.LOG_BYTES
    yield Line("logs_ingested", written, f"{measured.LOG_BYTES} bytes an invocation")
    months = min(made.log_days / DAYS_A_MONTH, load.months_kept)
    why = f"{made.log_days} days, compressed to {measured.LOG_KEPT_SHARE:.0%}"
    yield Line("logs_stored", written * months * measured.LOG_KEPT_SHARE, why)
    # Zeros are not sent; while nothing comes there are hours rolled up, and nothing else.
    metrics = load.custom_metrics if load.events else min(1, load.custom_metrics)
    yield Line("custom_metrics", metrics, "those that have values")
    yield Line("alarms", made.alarms, "in the templates, each by the metrics it watches")
    yield Line("dashboards", made.dashboards, "in the templates")
    traces = functions.traces(flow) if made.traced else 0
    share = f"{measured.TRACED_SHARE:.0%}"
    yield Line("xray_traces", traces, f"one a second of each function, {share} of what is more")


def _queries(flow: Flow) -> Iterator[Line]:
    yield Line("athena_scanned", flow.workload.scanned_bytes, "as given")
