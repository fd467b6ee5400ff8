"""Quantities: by hand for a small month, and by law for all others."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ops.cost import prices
from ops.cost.bill import Bill, bill
from ops.cost.flow import Flow
from ops.cost.model import quantities
from ops.cost.spark import SparkJobs
from ops.cost.workload import Workload
from tests.unit.ops.cost.builders import make_deployment

# One event a minute.
A_MINUTE = 43_800
# What is a matter of events or of their bytes alone, and of no batch.
LINEAR = {
    *("api_requests", "data_out", "kinesis_put_units", "kinesis_gb_in", "kinesis_gb_out"),
}
# What costs while nothing is sent: what stands by, and what looks every hour whether it is needed.
IDLING = {
    *("lambda_requests", "lambda_gb_seconds", "kinesis_shard_hours", "kms_requests"),
    *(
        "s3_puts",
        "s3_gets",
        "sqs_requests",
        "dynamodb_writes",
        "dynamodb_reads",
        "dynamodb_storage",
    ),
    *("dynamodb_pitr", "step_transitions", "logs_ingested", "logs_stored"),
}

workloads = st.builds(
    Workload,
    events=st.integers(0, 10**10),
    event_bytes=st.integers(100, 8_000),
    events_per_request=st.integers(1, 500),
    types=st.integers(1, 400),
    on_demand=st.booleans(),
    # Longer, and what goes cold grows cheaper with its objects: see below.
    months_kept=st.integers(1, 2),
)


def quantity(workload: Workload, key: str) -> float:
    [found] = [line.amount for line in quantities(workload, make_deployment()) if line.key == key]
    return found


def priced(workload: Workload) -> Bill:
    return bill(workload, make_deployment(), prices.read())


def test_one_event_a_minute_of_one_type_is_as_computed_by_hand() -> None:
    flow = Flow(Workload(events=A_MINUTE, types=1), make_deployment())

    # A window opens with an event, and another one comes while it is open.
    assert flow.batches == pytest.approx(21_900)
    assert flow.objects == pytest.approx(21_900)


@pytest.mark.parametrize(
    ("key", "by_hand"),
    [
        ("api_requests", 43_800),
        ("kinesis_shard_hours", 730),
        ("kinesis_put_units", 43_800),
        # 21,900 messages sent, received and deleted; 5 pollers, 3 times a minute.
        ("sqs_requests", 3 * 21_900 + 5 * 3 * 60 * 730),
        # Raw and lake, and 1,460 sealed files; 3 lists for each, and 2 more for 1,000 files.
        ("s3_puts", 2 * 21_900 + 1_460 + 3 * 1_460 + 2 * 21_900 / 1_000),
        # By transform, by rollup and sealing with the sealed file, and 24 for each of 300 queries.
        ("s3_gets", 2 * 21_900 + 2 * (21_900 + 1_460) + 300 * 24 * 2),
        # 730 runs of 8 states and 2 hours.
        ("step_transitions", 730 * 10),
        # Two hours' counters, 8,760 marks of 100 bytes and 1,344 claims of 460 bytes at each run;
        # definitions of experiments at each of 21,900 batches, which are two minutes apart.
        ("dynamodb_reads", 1_460 + 730 * ((876_000 + 1_344 * 460) / 4_096 + 0.5) + 21_900),
    ],
)
def test_a_quantity_is_as_computed_by_hand(key: str, by_hand: float) -> None:
    assert quantity(Workload(events=A_MINUTE, types=1), key) == pytest.approx(by_hand)


def test_commits_are_written_as_computed_by_hand() -> None:
    written = quantity(Workload(events=A_MINUTE, types=1, alerts=0), "dynamodb_writes")

    # Of two events 1.5 minutes on average; an hour, the ledger's row, the checkpoint: all twice.
    commit = 2 * (1.5 * 1 + 1.28125 + 1.11523 + 1) + 1.11523
    # Begin and finish the rollup and the sealing, claim; two rows and a check, and a summary and
    # a check, all four twice.
    hour = 4 + 1.0078 + 2 * (2 * 3.42969 + 1 + 1 + 1)
    # A claim, then a commit and what transform writes: a row, its index and a mark.
    expected = 21_900 * (1 + commit + 3) + 1_460 * hour + 730 * 3
    assert written == pytest.approx(expected, rel=1e-4)


@pytest.mark.slow
@given(workloads, st.integers(1, 10**9))
@settings(max_examples=150)
def test_more_events_never_take_less(load: Workload, more: int) -> None:
    # Sealed files that have grown large enough to be moved grow cheaper.
    made = make_deployment(lake_tiered_days=math.inf)
    less = {line.key: line.amount for line in quantities(load, made)}
    grown = replace(load, events=load.events + more)

    for line in quantities(grown, made):
        assert line.amount >= less[line.key] * (1 - 1e-9), line.key
    before, after = (bill(one, made, prices.read()).dollars for one in (load, grown))
    assert after >= before * (1 - 1e-9)


@given(workloads)
def test_what_is_a_matter_of_events_alone_doubles_with_them(load: Workload) -> None:
    once = {line.key: line.amount for line in quantities(load, make_deployment())}
    twice = quantities(replace(load, events=2 * load.events), make_deployment())

    for line in twice:
        if line.key in LINEAR:
            assert line.amount == pytest.approx(2 * once[line.key])


def test_an_idle_deployment_pays_only_for_what_idles() -> None:
    lines = quantities(Workload(events=0), make_deployment())

    assert {line.key for line in lines if line.amount} == IDLING
    assert 10 < priced(Workload(events=0)).dollars < 20


def test_an_idle_deployment_has_no_cost_of_an_event() -> None:
    assert priced(Workload(events=0)).per_million is None


def traces(events: int, **deployed: Any) -> float:
    lines = quantities(Workload(events=events), make_deployment(**deployed))
    return next(one.amount for one in lines if one.key == "xray_traces")


def test_the_stages_share_of_requests_is_traced() -> None:
    assert traces(10**6, traced_share=0.01) == pytest.approx(10**4)


def test_a_function_is_traced_once_a_second_and_seldom_beyond() -> None:
    assert traces(10**6, traced_functions=True) > 0.9 * 10**6 * 0.4
    assert traces(10**8, traced_functions=True) < 10**8 * 0.1


def test_large_answers_are_compressed_where_the_stage_does_so() -> None:
    def bytes_out(n: int, **changes: Any) -> float:
        lines = quantities(Workload(events=n, events_per_request=n), make_deployment(**changes))
        return next(one.amount for one in lines if one.key == "data_out")

    assert bytes_out(20) == 450 + 20 * 130
    assert bytes_out(20, compressed_from_bytes=1_024) == 450 + 20 * 37
    assert bytes_out(5, compressed_from_bytes=1_024) == 450 + 5 * 130


def test_larger_requests_cost_less() -> None:
    alone = priced(Workload(events=10**7)).dollars
    together = priced(Workload(events=10**7, events_per_request=100)).dollars

    assert together < alone - 30


def test_a_longer_window_makes_fewer_objects() -> None:
    load = Workload(events=10**7)
    short, long = (Flow(load, make_deployment(window_s=seconds)).objects for seconds in (5, 60))

    assert long < short / 2


@given(workloads)
@settings(max_examples=60)
def test_chunks_keep_to_what_a_transaction_and_an_object_take(load: Workload) -> None:
    for shards in Flow(load, make_deployment()).streams:
        assert shards.objects_a_chunk + shards.minutes_a_chunk <= 98.01
        assert 1 <= shards.chunk <= shards.batch <= 10_000 or not shards.stream.events


def test_raw_objects_large_enough_go_cold_after_three_months() -> None:
    load = Workload(events=10**9, events_per_request=100, types=3)
    keys = {line.key for line in quantities(load, make_deployment())}

    assert {"s3_glacier_ir", "s3_transitions"} <= keys


def test_small_raw_objects_stay_warm_for_ever() -> None:
    lines = quantities(Workload(events=10**6), make_deployment())

    assert "s3_glacier_ir" not in {line.key for line in lines}


def stored(months_kept: int, events: int = 10**7, **deployed: Any) -> dict[str, float]:
    load = Workload(events=events, months_kept=months_kept)
    lines = quantities(load, make_deployment(**deployed))
    return {line.key: line.amount for line in lines if line.key.startswith("s3_")}


def test_sealed_hours_become_cheaper_once_nobody_reads_them() -> None:
    lake_bytes = Flow(Workload(events=10**7), make_deployment()).lake_bytes
    year = stored(12)

    # A month at first, two more at half the price, and nine at a sixth.
    assert year["s3_infrequent"] == pytest.approx(lake_bytes * 60 * 12 / 365)
    assert year["s3_archive_instant"] == pytest.approx(lake_bytes * (12 - 90 * 12 / 365))
    assert year["s3_tier_transitions"] == pytest.approx(730)
    assert year["s3_tier_monitoring"] == pytest.approx(730 * 12)


def test_a_lake_that_is_left_in_standard_pays_for_all_of_its_months() -> None:
    left, tiered = stored(12, lake_tiered_days=math.inf), stored(12)

    assert left["s3_infrequent"] == left["s3_archive_instant"] == left["s3_tier_monitoring"] == 0
    assert left["s3_standard"] > 2 * tiered["s3_standard"]


def test_sealed_hours_that_are_too_small_stay_in_standard() -> None:
    assert stored(12, events=10_000)["s3_tier_transitions"] == 0


def metrics(events: int, **changes: Any) -> float:
    load = Workload(events=events, **changes)
    lines = quantities(load, make_deployment(functions=["api_handler", "compute_results"]))
    return next(one.amount for one in lines if one.key == "custom_metrics")


def test_metrics_are_those_that_the_stages_functions_emit_while_all_is_well() -> None:
    assert (metrics(0), metrics(1)) == (0, 1)


def test_an_experiment_that_runs_has_a_metric() -> None:
    assert metrics(1, experiments=3) == 2


def test_metrics_that_are_specified_are_paid_for_whether_anything_runs_or_not() -> None:
    assert metrics(0, custom_metrics=7) == 7


def test_a_batch_that_fills_up_at_once_spans_no_more_minutes_than_that_takes() -> None:
    slow, fast = (Workload(events=n, types=10, shards=1) for n in (10**7, 10**9))
    [slow_shards], [fast_shards] = (Flow(one, make_deployment()).streams for one in (slow, fast))

    assert slow_shards.minutes_a_chunk == pytest.approx(20, rel=0.01)
    # 3,461 events fill a batch within 9.1 seconds.
    assert fast_shards.minutes_a_chunk == pytest.approx(10 * (1 + 9.1 / 60), rel=0.01)


def test_streams_that_keep_records_longer_cost_more() -> None:
    lines = quantities(Workload(events=0), make_deployment(stream_retention_hours=48))

    assert "kinesis_extended_hours" in {line.key for line in lines}


def test_every_price_is_for_something_and_everything_has_a_price() -> None:
    loads = [
        Workload(events=10**9, events_per_request=100, types=3),
        Workload(events=10**9, on_demand=True, events_per_request=100),
    ]
    made = (make_deployment(), make_deployment(stream_retention_hours=168))
    used = {line.key for load, one in product(loads, made) for line in quantities(load, one)}

    assert used == prices.read().by_key.keys()


@given(workloads)
@settings(max_examples=60)
def test_every_quantity_is_finite_and_explained(load: Workload) -> None:
    for line in quantities(load, make_deployment()):
        assert 0 <= line.amount < 1e18
        assert line.why


def database(**changes: Any) -> dict[str, float]:
    usual = {"attribution": True, "own_streams": True, "database_storage_gb": 20}
    load = Workload(events=10**6, own_streams=True)
    found = quantities(load, make_deployment(**{**usual, **changes}))
    return {one.key: one.amount for one in found}


def test_a_database_costs_its_hours_its_storage_and_its_secret() -> None:
    found = database()

    assert found["rds_micro_hours"] == 730
    assert found["rds_storage"] == 20 * 2**30
    assert found["secrets"] == 1


def test_a_standby_doubles_the_database() -> None:
    found = database(database_copies=2)

    assert (found["rds_micro_hours"], found["rds_storage"]) == (1_460, 40 * 2**30)


def test_a_database_is_paid_for_by_its_class() -> None:
    found = database(database_class="db.t3.micro")

    assert (found["rds_micro_hours"], found["rds_t3_micro_hours"]) == (0, 730)
    with pytest.raises(ValueError, match=r"db\.m6g\.large has no price here"):
        database(database_class="db.m6g.large")


def test_a_network_has_no_paid_way_out_unless_there_is_one() -> None:
    assert (database()["nat_hours"], database()["endpoint_hours"]) == (0, 0)
    assert database(nat_gateways=1)["nat_hours"] == 730
    assert database(nat_gateways=1)["public_address_hours"] == 730
    # Two endpoints in two zones.
    assert database(interface_endpoints=2)["endpoint_hours"] == 4 * 730


def test_attribution_reads_what_process_reads_of_clicks_and_checkouts() -> None:
    without, found = database(attribution=False), database()

    assert [without[key] for key in ("rds_micro_hours", "rds_storage", "secrets")] == [0, 0, 0]
    # A tenth of a million each, alone in a stream: 2.28 a minute, and the one that opens a batch.
    batches = 2 * 10**5 / (1 + 10**5 / 43_800)
    assert found["lambda_requests"] - without["lambda_requests"] == pytest.approx(batches)
    # 25 ms a batch, 0.045 a record; 0.01 and 0.0065 of a processor of which there are 0.58.
    own_s = 2 * 10**5 * (0.01 + 0.0065) / (1_024 / 1_769) / 1_000
    waiting_s = (batches * 25 + 2 * 10**5 * 0.045) / 1_000
    assert found["lambda_gb_seconds"] - without["lambda_gb_seconds"] == pytest.approx(
        own_s + waiting_s
    )


def test_where_spark_attributes_no_function_does() -> None:
    by_spark, off = database(spark=SparkJobs(workers=2)), database(attribution=False)

    assert by_spark["lambda_requests"] == off["lambda_requests"]
    assert by_spark["rds_micro_hours"] == 730


def test_attribution_reads_on_demand_streams_a_second_time() -> None:
    load = Workload(events=10**6, own_streams=True, on_demand=True)
    on, off = (
        next(
            one.amount
            for one in quantities(load, make_deployment(attribution=is_on))
            if one.key == "kinesis_gb_out"
        )
        for is_on in (True, False)
    )

    assert on == pytest.approx(1.2 * off)


def test_experiments_add_an_item_to_each_commit_and_to_what_is_read() -> None:
    none, three = (Workload(events=A_MINUTE, types=1, experiments=n) for n in (0, 3))

    # 21,900 commits of three items, doubled for the transaction.
    added = quantity(three, "dynamodb_writes") - quantity(none, "dynamodb_writes")
    assert added == pytest.approx(21_900 * 3 * 2)
    # 3,600 bytes are a unit and, on average, half of another; then three items a commit.
    more = quantity(three, "dynamodb_reads") - quantity(none, "dynamodb_reads")
    assert more == pytest.approx(21_900 * (3_600 / 4_096 - 0.5 + 3))
