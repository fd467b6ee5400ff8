"""From a workload to the quantities that AWS bills, each with an explanation."""

from __future__ import annotations

import math
from collections.abc import Iterator

from chalicelib.model.measure import STEADY
from ops.cost import database, functions, measured, spark, tables
from ops.cost.deployed import Deployment
from ops.cost.flow import Flow
from ops.cost.quantity import Quantity, count
from ops.cost.workload import DAYS, GB, HOURS, SECONDS, Workload

PUT_UNIT_BYTES = 25 * 1024
# A batch is received and deleted as one; requests are billed per 64 KB, which none exceeds.
REQUESTS_A_BATCH = 2
# Smaller objects stay where they are.
LEAST_COLD_BYTES = 128 * 1024
FUNCTIONS_OF_A_RUN = 7
# Has values only while an experiment runs.
EXPERIMENTS = "compute_results"


def quantities(workload: Workload, deployment: Deployment) -> list[Quantity]:
    """Return everything that is billed, including what is zero this month."""
    return quantities_of(Flow(workload, deployment))


def quantities_of(flow: Flow) -> list[Quantity]:
    """Return the same of batches, chunks and objects as they are known, or were counted."""
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
        *database.lines(flow),
        *spark.lines(flow.deployment.spark),
    ]


def _api(flow: Flow) -> Iterator[Quantity]:
    load = flow.workload
    why = f"{count(load.events)} events, {load.events_per_request} per request"
    yield Quantity("api_requests", load.requests, why)
    results = load.events_per_request if load.events_per_request > 1 else 0
    plain = measured.RESULT_BYTES * results
    packed = plain >= flow.deployment.compressed_from_bytes
    answer = measured.ANSWER_BYTES + (measured.GZIP_RESULT_BYTES * results if packed else plain)
    why = f"{answer:,} bytes per answer, including headers" + (", with gzip" if packed else "")
    yield Quantity("data_out", load.requests * answer, why)


def _kinesis(flow: Flow) -> Iterator[Quantity]:
    load, shards = flow.workload, flow.shards
    if load.on_demand:
        n_streams = len(flow.streams)
        why = f"{n_streams} stream{'s' * (n_streams > 1)}, {HOURS} hours"
        yield Quantity("kinesis_stream_hours", n_streams * HOURS, why)
        size = math.ceil(load.event_bytes / 1024) * 1024
        why = f"{count(load.events)} events of {size:,} bytes, rounded up to whole KiB"
        yield Quantity("kinesis_gb_in", load.events * size, why)
        again = sum(one.stream.events for one in database.streams_read(flow))
        why = "the same, read once by process"
        why += f"; {count(again)} once more by attribution" if again else ""
        yield Quantity("kinesis_gb_out", (load.events + again) * size, why)
    else:
        n_streams = len(flow.streams)
        where = f"{shards} shard{'s' * (shards > 1)} in {n_streams} stream{'s' * (n_streams > 1)}"
        why = f"{where}, {HOURS} hours"
        yield Quantity("kinesis_shard_hours", shards * HOURS, why)
        units = math.ceil(load.event_bytes / PUT_UNIT_BYTES)
        yield Quantity(
            "kinesis_put_units", load.events * units, f"{units} per event, of 25 KiB each"
        )
    if flow.deployment.stream_retention_hours > 24:
        kept = f"records are kept for {flow.deployment.stream_retention_hours} hours"
        yield Quantity("kinesis_extended_hours", shards * HOURS, f"{shards} shards; {kept}")


def _kms(flow: Flow) -> Iterator[Quantity]:
    slots = SECONDS / measured.KMS_S
    streams = len(flow.streams) * slots * measured.KINESIS_KMS_CALLS
    # A process function of each stream uses two tables, and transform two.
    by_table = 2 * sum(min(slots, one.batches) for one in flow.streams)
    by_table += 2 * min(slots, flow.transforms)
    runs = HOURS * FUNCTIONS_OF_A_RUN
    why = (
        f"{measured.KINESIS_KMS_CALLS} per stream in 5 minutes: {count(streams)};"
        f" at most 1 per function and table in 5 minutes: {count(by_table + runs)}"
    )
    yield Quantity("kms_requests", streams + by_table + runs + flow.workload.alerts_sent, why)


def _s3(flow: Flow) -> Iterator[Quantity]:
    load, objects = flow.workload, flow.objects
    warm_months = float(load.months_kept)
    object_bytes = flow.raw_bytes / objects if objects else 0
    if object_bytes >= LEAST_COLD_BYTES:
        warm_months = min(load.months_kept, flow.deployment.cold_days / DAYS)
    cold_months = load.months_kept - warm_months
    read_months, infrequent_months, archived_months = _lake_months(flow)
    standard = flow.raw_bytes * warm_months + flow.lake_bytes * read_months
    why = (
        f"raw {flow.raw_bytes / GB:,.2f} GB per month, {warm_months:.3g} months;"
        f" lake {flow.lake_bytes / GB:,.2f} GB per month, {read_months:.3g} months"
    )
    yield Quantity("s3_standard", standard, why)
    tiers = ("s3_infrequent", infrequent_months), ("s3_archive_instant", archived_months)
    for key, months in tiers:
        yield Quantity(key, flow.lake_bytes * months, f"lake, {months:.3g} months")
    moved = flow.lake_objects if infrequent_months else 0
    why = f"{count(flow.lake_objects)} sealed files per month"
    yield Quantity("s3_tier_transitions", moved, why)
    yield Quantity("s3_tier_monitoring", moved * load.months_kept, why)
    if cold_months:
        cold = f"raw after {flow.deployment.cold_days:.0f} days"
        yield Quantity("s3_glacier_ir", flow.raw_bytes * cold_months, cold)
        yield Quantity("s3_transitions", objects, f"{count(objects)} raw objects reach this age")
    yield from _s3_requests(flow)


def _lake_months(flow: Flow) -> tuple[float, float, float]:
    """Return the months that a sealed file is in each tier, if it is large enough to be moved."""
    kept = float(flow.workload.months_kept)
    small = flow.lake_bytes < LEAST_COLD_BYTES * flow.lake_objects
    if small or math.isinf(flow.deployment.lake_tiered_days):
        return kept, 0, 0
    read = min(kept, measured.INFREQUENT_DAYS / DAYS)
    not_archived = min(kept, measured.ARCHIVED_DAYS / DAYS)
    return read, not_archived - read, kept - not_archived


def _s3_requests(flow: Flow) -> Iterator[Quantity]:
    """Rollup and sealing list an hour and read its sealed file; each reads a small file once."""
    objects, hours = flow.objects, flow.hours_rolled
    lists = measured.LISTS_AN_HOUR * hours + 2 * objects / 1_000
    why = f"{count(objects)} raw objects, as many lake files, {count(hours)} sealed files"
    why += f", {count(lists)} lists"
    yield Quantity("s3_puts", 2 * objects + hours + lists, why)
    opened = flow.workload.queries * HOURS / DAYS if objects else 0
    why = f"transform 2 per object, rollup and sealing {count(objects + hours)} files each"
    why += f", queries {count(opened)} files"
    gets = 2 * objects + 2 * (objects + hours) + opened * measured.GETS_A_FILE
    yield Quantity("s3_gets", gets, why)


def _sqs(flow: Flow) -> Iterator[Quantity]:
    polls = measured.POLLERS * SECONDS / measured.POLL_S
    why = (
        f"{count(flow.objects)} raw objects sent; {REQUESTS_A_BATCH} per transform batch;"
        f" {measured.POLLERS} pollers, waiting {measured.POLL_S} s each time: {count(polls)}"
    )
    messages = flow.objects + REQUESTS_A_BATCH * flow.transforms
    yield Quantity("sqs_requests", messages + polls, why)


def _rollup_and_alerts(flow: Flow) -> Iterator[Quantity]:
    made, alerts = flow.deployment, flow.workload.alerts_sent
    steps = HOURS * made.states + flow.hours_rolled * made.states_an_hour
    hours = f"{count(flow.hours_rolled)} hours of {made.states_an_hour}"
    why = f"{HOURS} runs of {made.states}, {hours}"
    yield Quantity("step_transitions", steps, why)
    yield Quantity("sns_publishes", alerts, f"{alerts:,} alerts")
    yield Quantity("sns_emails", alerts, "one subscriber")


def _watching(flow: Flow) -> Iterator[Quantity]:
    made, load = flow.deployment, flow.workload
    written = functions.invocations(flow) * measured.LOG_BYTES
    yield Quantity("logs_ingested", written, f"{measured.LOG_BYTES} bytes per invocation")
    months = min(made.log_days / DAYS, load.months_kept)
    why = f"{made.log_days} days, compressed to {measured.LOG_KEPT_SHARE:.0%}"
    yield Quantity("logs_stored", written * months * measured.LOG_KEPT_SHARE, why)
    yield _metrics(flow)
    yield Quantity("alarms", made.alarms, "in the templates, counted by metric")
    yield Quantity("dashboards", made.dashboards, "in the templates")
    why = f"{made.traced_share:.0%} of requests"
    if made.traced_functions:
        share = f"{measured.TRACED_SHARE:.0%}"
        why += f"; of other functions one per second, and {share} of the others"
    yield Quantity("xray_traces", functions.traces(flow), why)


def _metrics(flow: Flow) -> Quantity:
    """Metrics that have values in normal operation: zeros are not sent."""
    given = flow.workload.custom_metrics
    if given is not None:
        return Quantity("custom_metrics", given, "as specified")
    functions_at_work = set(flow.deployment.functions) if flow.workload.events else set()
    if not flow.workload.experiments:
        functions_at_work -= {EXPERIMENTS}
    by_function = {name: len(STEADY[name]) for name in sorted(functions_at_work & STEADY.keys())}
    why = ", ".join(f"{name} {n}" for name, n in by_function.items()) or "none has values"
    return Quantity("custom_metrics", sum(by_function.values()), why)


def _queries(flow: Flow) -> Iterator[Quantity]:
    yield Quantity("athena_scanned", flow.workload.scanned_bytes, "as specified")
