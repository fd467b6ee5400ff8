"""The DynamoDB tables: units written and read, bytes stored."""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.anomalies.detector import LOOKBACK_HOURS
from chalicelib.model import retention
from ops.cost import measured
from ops.cost.flow import Flow, Shards
from ops.cost.quantity import Quantity, count
from ops.cost.workload import DAYS, HOURS

# In a transaction every unit counts twice.
TRANSACTION = 2
WRITE_BYTES = 1_024
READ_BYTES = 4_096
# The row of an object and its index; each below one unit, as is a mark.
WRITES_AN_OBJECT = 2
TRANSFORM_ROW_BYTES = 800
# Begin and finish an hour; fence a judgement twice, and record the run.
WRITES_AN_HOUR = 4
WRITES_A_RUN = 3
# Found, reserved, published.
WRITES_AN_ALERT = 3
MINUTES = HOURS * 60
# Of one with a few metrics and no stored assignments.
DEFINITION_BYTES = 1_200


def units(size: float, unit: int) -> float:
    """Return the units of an item; the last unit is half full on average."""
    return max(1.0, size / unit + 0.5)


def lines(flow: Flow) -> Iterator[Quantity]:
    yield _writes(flow)
    yield _reads(flow)
    kept = _kept_bytes(flow)
    months = flow.workload.months_kept
    yield Quantity("dynamodb_storage", kept, f"after {months} months; most rows expire")
    yield Quantity("dynamodb_pitr", kept, "the same bytes")


def _writes(flow: Flow) -> Quantity:
    chunks = sum(one.chunks * _commit_units(one) for one in flow.streams)
    # An item of less than a unit for each with up to three variants, in most chunks of one hour.
    chunks += flow.chunks * flow.workload.experiments * TRANSACTION
    transforms = flow.objects * WRITES_AN_OBJECT + flow.marks
    hours = flow.hours_rolled * _rollup_units(flow)
    hours += HOURS * WRITES_A_RUN + flow.workload.alerts_sent * WRITES_AN_ALERT
    each = chunks / flow.chunks if flow.chunks else 0
    why = (
        f"{count(flow.batches)} claims;"
        f" {count(flow.chunks)} commits of {count(each)}, doubled for the transaction;"
        f" {WRITES_AN_OBJECT} per raw object and {count(flow.marks)} marks:"
        f" {count(transforms)}; rollups {count(hours)}"
    )
    return Quantity("dynamodb_writes", flow.batches + chunks + transforms + hours, why)


def requests_of_events(flow: Flow) -> float:
    """Return how often events take process and transform to DynamoDB, whatever the units.

    A claim per batch, a commit per chunk, the marks, and a row per raw object.
    """
    return flow.batches + flow.chunks + flow.marks + flow.objects


def _commit_units(one: Shards) -> float:
    """Counters, checkpoint and ledger row in one transaction; the row's index follows it."""
    hours = one.objects_a_chunk * units(measured.HOUR_COUNTER_BYTES, WRITE_BYTES)
    minutes = one.minutes_a_chunk * units(measured.MINUTE_COUNTER_BYTES, WRITE_BYTES)
    row = units(_ledger_bytes(one), WRITE_BYTES)
    return TRANSACTION * (hours + minutes + row + 1) + row


def _ledger_bytes(one: Shards) -> float:
    return measured.LEDGER_ROW_BYTES + one.objects_a_chunk * measured.LEDGER_OBJECT_BYTES


def _rollup_units(flow: Flow) -> float:
    rows = 1 + flow.types_an_hour
    each = units(measured.ROLLUP_ROW_BYTES, WRITE_BYTES)
    claim = units(measured.LEDGER_ROW_BYTES + rows * measured.CLAIM_TYPE_BYTES, WRITE_BYTES)
    summary = units(measured.MARK_BYTES + rows * measured.SUMMARY_TYPE_BYTES, WRITE_BYTES)
    return WRITES_AN_HOUR + claim + TRANSACTION * (rows * each + 1 + summary + 1)


def _reads(flow: Flow) -> Quantity:
    counters = flow.hours_rolled * units(
        flow.hour_counters * measured.HOUR_COUNTER_BYTES, READ_BYTES
    )
    marks = (
        min(flow.workload.months_kept * HOURS, retention.HOURLY_DAYS * 24) * measured.MARK_BYTES
    )
    claim = measured.LEDGER_ROW_BYTES + flow.types_an_hour * measured.CLAIM_TYPE_BYTES
    runs = HOURS * units(marks + LOOKBACK_HOURS * claim, READ_BYTES)
    definitions = _definition_reads(flow)
    # An item of less than a unit for each, as it is written.
    sketches = flow.chunks * flow.workload.experiments
    why = (
        f"counters of {count(flow.hours_rolled)} hours"
        f" {count(counters)}; marks and eight weeks of history per run {count(runs)};"
        f" definitions of experiments {count(definitions)}, their users {count(sketches)}"
    )
    return Quantity("dynamodb_reads", counters + runs + definitions + sketches, why)


def _definition_reads(flow: Flow) -> float:
    """Each shard's container reads them with a batch, unless it has done so within a minute."""
    batches = min(flow.batches, MINUTES * sum(one.stream.shards for one in flow.streams))
    size = flow.workload.experiments * DEFINITION_BYTES
    return batches * units(size, READ_BYTES)


def _kept_bytes(flow: Flow) -> float:
    months = flow.workload.months_kept
    ledger_months = min(months, retention.LEDGER_DAYS / DAYS)
    long_hours = min(months * HOURS, retention.HOURLY_DAYS * 24)
    # The index stores every row of the ledger a second time.
    ledger = 2 * sum(one.chunks * _ledger_bytes(one) for one in flow.streams)
    ledger += 2 * flow.objects * TRANSFORM_ROW_BYTES
    minutes = min(
        sum(one.chunks * one.minutes_a_chunk for one in flow.streams),
        60 * HOURS * flow.hour_counters,
    )
    row_bytes = (1 + flow.types_an_hour) * measured.ROLLUP_ROW_BYTES
    return (
        ledger * ledger_months
        + minutes * retention.MINUTE_DAYS / DAYS * measured.MINUTE_COUNTER_BYTES
        + long_hours * (flow.hour_counters * measured.HOUR_COUNTER_BYTES + row_bytes)
    )
