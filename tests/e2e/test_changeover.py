"""A stage gives up its streams of clicks and checkouts without losing or repeating a record."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from chalicelib.settings.streams import OwnStreams
from ops.demo.follow import read_account
from ops.kit.errors import OperationFailed
from ops.local.bring_up import BringUp
from ops.local.cloud import Cloud
from ops.local.home import Home
from ops.local.port import free_port
from ops.local.survey import streams
from ops.local.take_down import take_down
from ops.stage.stages import LOCAL
from tests.builders import make_client_event
from tests.e2e.http import post_event
from tests.e2e.waiting import wait_for

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.slow,
    # The local cloud outlives the object that started it, as it outlives a command.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

N_CLICKS = 5


def deploy(home: Home, own_streams: OwnStreams, port: int | None = None) -> Cloud:
    stage = replace(LOCAL, attribution=False, own_streams=own_streams)
    return BringUp(home, stage=stage)(port)


def post_clicks(cloud: Cloud) -> None:
    for number in range(N_CLICKS):
        post_event(cloud, make_client_event(event_type="click", user_id=f"usr_{number}"))


def archived(cloud: Cloud) -> int:
    return read_account(cloud).archived


def settle(cloud: Cloud, records: int) -> None:
    wait_for(lambda: archived(cloud) >= records or None, f"archive of {records} records")


def test_streams_are_drained_before_they_go_and_nothing_is_lost_or_repeated(
    tmp_path: Path,
) -> None:
    home = Home(tmp_path / "cloud")
    try:
        cloud = deploy(home, OwnStreams.YES, free_port())
        post_clicks(cloud)
        with pytest.raises(OperationFailed, match="still writes"):
            deploy(home, OwnStreams.NO)

        cloud = deploy(home, OwnStreams.DRAINING)
        post_clicks(cloud)
        settle(cloud, 2 * N_CLICKS)
        held = streams(cloud)
        assert (held["clicks"].records, held["events"].records) == (N_CLICKS, N_CLICKS)

        cloud = deploy(home, OwnStreams.NO)
        post_clicks(cloud)
        settle(cloud, 3 * N_CLICKS)
        assert cloud.client("kinesis").list_streams()["StreamNames"] == [
            cloud.names.stream("events")
        ]

        cloud = deploy(home, OwnStreams.YES)
        post_clicks(cloud)
        settle(cloud, 4 * N_CLICKS)
        assert streams(cloud)["events"].records == 2 * N_CLICKS
        assert archived(cloud) == 4 * N_CLICKS
    finally:
        take_down(home, purge=True)
