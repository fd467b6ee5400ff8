"""The producer from its command line: what it prints is what the services hold."""

from __future__ import annotations

import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from subprocess import PIPE

import pytest

from chalicelib.model.hour import Hour
from ops.demo import read_back
from ops.demo.follow import follow, read_account
from ops.kit.project import ROOT
from ops.local.cloud import Cloud
from ops.traffic.generator import TYPES
from ops.traffic.sending.http_exchange import HttpExchange
from ops.traffic.sending.send_batch import SendBatch
from tests.builders import make_client_event
from tests.e2e.conftest import Ops
from tests.e2e.keys import ThrottledKey
from tests.e2e.waiting import PATIENCE_S, wait_for

pytestmark = pytest.mark.e2e

# As many as the requests of a run, so that however slow the answers, none is skipped.
CONNECTIONS = ("--connections", 4)


@dataclass(frozen=True, slots=True)
class Held:
    """What the services hold, in records."""

    streams: int
    archived: int
    quarantined: int
    in_lake: int
    counted: int


def held(cloud: Cloud, hours: Sequence[Hour]) -> Held:
    """Count once whatever is in the streams has come all the way to the lake."""
    records = read_back.stream_records(cloud)
    follow(cloud, records, lambda _account: None, PATIENCE_S)
    account = read_account(cloud)
    counted = read_back.live_records(cloud, hours)
    return Held(records, account.archived, account.quarantined, account.transformed, counted)


def gained(before: Held, after: Held) -> Held:
    return Held(
        streams=after.streams - before.streams,
        archived=after.archived - before.archived,
        quarantined=after.quarantined - before.quarantined,
        in_lake=after.in_lake - before.in_lake,
        counted=after.counted - before.counted,
    )


def printed(text: str) -> dict[str, float]:
    """Read the statistics back, by name."""
    rows = re.findall(r"^((?:latency )?\w+) +([\d,.]+)  ", text, flags=re.MULTILINE)
    return {name: float(figure.replace(",", "")) for name, figure in rows}


def assert_holds(records: int, shown: dict[str, float]) -> None:
    """A put that was not answered in time is repeated, and may have been stored before."""
    assert shown["failed"] == 0
    assert records >= shown["accepted"]
    assert records == shown["accepted"] or shown["retried"]


@pytest.mark.parametrize("to", ["api", "stream"])
def test_what_is_printed_is_what_the_services_hold(
    ops: Ops, state: Path, cloud: Cloud, to: str
) -> None:
    now = Hour.of(time.time_ns() // 1_000_000)
    hours = now.until(now.plus(2))
    before = held(cloud, hours)

    ran = ops(
        *("produce", "--to", to, "--rate", 200, "--duration", 4, "--batch-size", 200),
        *("--mistakes", *CONNECTIONS, "--state", state),
    )

    assert ran.returncode == 0, ran.stdout + ran.stderr
    shown = printed(ran.stdout)
    after = gained(before, held(cloud, hours))
    n = after.streams
    assert shown["sent"] == 800 == shown["accepted"] + shown["refused"] + shown["duplicates"]
    assert min(shown["refused"], shown["duplicates"]) > 0
    assert 0 < shown["latency p50"] <= shown["latency p99"] <= shown["latency max"]
    assert after == Held(n, n, quarantined=0, in_lake=n, counted=n)
    assert_holds(n, shown)


def test_only_the_types_that_are_asked_for_are_sent(ops: Ops, state: Path, cloud: Cloud) -> None:
    before = read_back.stream_records(cloud)
    clicks = clicks_in(cloud)

    ran = ops(
        *("produce", "--event-types", "page_view,click", "--to", "stream", "--rate", 100),
        *("--duration", 1, "--batch-size", 50, *CONNECTIONS, "--state", state),
    )

    assert ran.returncode == 0, ran.stdout + ran.stderr
    shown, n = printed(ran.stdout), read_back.stream_records(cloud) - before
    assert shown["accepted"] == 100
    assert_holds(n, shown)
    assert 0 < clicks_in(cloud) - clicks < n


def clicks_in(cloud: Cloud) -> int:
    client, stream = cloud.client("kinesis"), cloud.names.stream("clicks")
    [shard] = client.list_shards(StreamName=stream)["Shards"]
    at = client.get_shard_iterator(
        StreamName=stream, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
    )
    return len(client.get_records(ShardIterator=at["ShardIterator"], Limit=10_000)["Records"])


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_in_the_middle_ends_it_with_its_statistics(
    state: Path, cloud: Cloud, number: signal.Signals, code: int
) -> None:
    before = read_back.stream_records(cloud)
    # One connection keeps one instance of the function busy, which is warm by now.
    endless = ["--duration", "0", "--rate", "20", "--connections", "1", "--state", str(state)]
    command = [sys.executable, "-m", "ops", "produce", *endless]
    with subprocess.Popen(command, cwd=ROOT, stdout=PIPE, stderr=PIPE, text=True) as producer:
        try:
            wait_for(
                lambda: read_back.stream_records(cloud) > before or None, "record of the producer"
            )
            producer.send_signal(number)
            shown, complaints = producer.communicate(timeout=PATIENCE_S)
        finally:
            producer.kill()

    assert producer.returncode == code, complaints
    assert "Traceback" not in complaints
    figures = printed(shown)
    assert figures["sent"] == figures["accepted"]
    assert_holds(read_back.stream_records(cloud) - before, figures)


def test_a_rate_that_cannot_be_kept_is_admitted(ops: Ops, state: Path, cloud: Cloud) -> None:
    before = read_back.stream_records(cloud)

    ran = ops(
        *("produce", "--rate", 50_000, "--duration", 0.2, "--batch-size", 1),
        *("--connections", 1, "--state", state),
    )

    shown = printed(ran.stdout)
    assert ran.returncode == 1
    assert "Could not keep up with 50,000 events per second" in ran.stderr
    assert shown["sent"] + shown["skipped"] == 10_000
    assert shown["rate"] < 50_000
    assert_holds(read_back.stream_records(cloud) - before, shown)


def test_a_throttled_client_tries_again_until_everything_is_stored(cloud: Cloud) -> None:
    key = ThrottledKey.make(cloud)

    def relax(_seconds: float) -> bool:
        key.relax()
        return True

    send = SendBatch(
        exchange=HttpExchange.open(replace(cloud, api_key=key.value), connections=1),
        pause=relax,
        jitter=random.random,
        clock=lambda: time.time_ns() // 1_000_000,
    )

    answers = [send([make_client_event()]) for _ in range(2)]

    assert [result["status"] for sent in answers for result in sent.results] == ["accepted"] * 2
    assert sum(sent.retries for sent in answers) > 0


def test_an_unknown_event_type_is_a_usage_error_that_lists_the_known(
    ops: Ops, state: Path
) -> None:
    refused = ops("produce", "--event-types", "page_vew", "--state", state)

    assert refused.returncode == 2
    assert "page_vew" in refused.stderr
    assert all(name in refused.stderr for name in TYPES)


def test_without_a_cloud_it_says_how_to_start_one(ops: Ops, tmp_path: Path) -> None:
    refused = ops("produce", "--state", tmp_path)

    assert refused.returncode == 1
    assert "not running" in refused.stderr
    assert "ops up" in refused.stderr
