"""A stage gives attribution to Spark and takes it back, and every checkout is credited once.

The local cloud has Glue's API and no Spark: while the stage attributes by Spark, what arrives
waits in the streams, as it does until somebody starts the job.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import psycopg
import pytest
from typer.testing import CliRunner

from chalicelib.attribution.control_job import Outcome
from chalicelib.model.instant import MINUTE_MS
from ops.__main__ import app
from ops.deploy.changeover import Changeover, functions_attribute
from ops.doctor.paths import one_path
from ops.glue.jobs import controls, runs_of
from ops.kit.project import Project
from ops.local.bring_up import BringUp
from ops.local.cloud import Cloud
from ops.local.home import Home
from ops.local.port import free_port
from ops.local.postgres import Postgres
from ops.local.take_down import take_down
from ops.stage.names import RANGE_JOB, STREAM_JOB
from ops.stage.stages import LOCAL, AttributedBy
from ops.stage.target import Target
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

N_USERS = 3
JOBS = {STREAM_JOB: "gluestreaming", RANGE_JOB: "glueetl"}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    home = Home(tmp_path_factory.mktemp("spark") / "cloud")
    try:
        yield home
    finally:
        take_down(home, purge=True)


def deploy(home: Home, by: AttributedBy, port: int | None = None) -> Cloud:
    return BringUp(home, stage=replace(LOCAL, attribution_by=by))(port)


def target(cloud: Cloud, by: AttributedBy) -> Target:
    return Target.of(cloud.session, replace(LOCAL, attribution_by=by), Project())


def shop(cloud: Cloud, name: str) -> None:
    """A click and a checkout of each user."""
    for number in range(N_USERS):
        for event_type in ("click", "checkout"):
            user = f"{name}_{number}"
            post_event(cloud, make_client_event(event_type=event_type, user_id=user))


def credited(home: Home) -> list[str]:
    """The users whose checkouts are credited, once for each."""
    query = "SELECT user_id FROM attributed_checkouts WHERE click_id IS NOT NULL ORDER BY 1"
    with psycopg.connect(Postgres(home.postgres).url(), autocommit=True) as connection:
        return [user for (user,) in connection.execute(query)]


def users(*names: str) -> list[str]:
    return sorted(f"{name}_{number}" for name in names for number in range(N_USERS))


def position_ms(cloud: Cloud, by: AttributedBy) -> int | None:
    return Changeover(target(cloud, by), time.time_ns() // 1_000_000).position_ms()


def test_attribution_changes_over_to_spark_and_back_and_nothing_is_lost_or_repeated(
    home: Home,
) -> None:
    cloud = deploy(home, AttributedBy.FUNCTION, free_port())
    began_ms = time.time_ns() // 1_000_000
    shop(cloud, "before")
    wait_for(lambda: credited(home) == users("before") or None, "credit of every checkout")
    assert list(one_path(target(cloud, AttributedBy.FUNCTION))) == []

    cloud = deploy(home, AttributedBy.SPARK)
    shop(cloud, "between")
    assert not functions_attribute(target(cloud, AttributedBy.SPARK))
    [neither] = one_path(target(cloud, AttributedBy.SPARK))
    assert neither.startswith("neither")
    # Where the job would begin: before anything that waits.
    begins_ms = position_ms(cloud, AttributedBy.SPARK)
    assert begins_ms is not None
    assert began_ms - 5 * MINUTE_MS - 60_000 < begins_ms < time.time_ns() // 1_000_000
    assert credited(home) == users("before")

    cloud = deploy(home, AttributedBy.FUNCTION)
    shop(cloud, "after")
    everybody = users("before", "between", "after")
    wait_for(lambda: credited(home) == everybody or None, "credit of every checkout")
    assert list(one_path(target(cloud, AttributedBy.FUNCTION))) == []


def test_the_jobs_are_started_and_stopped_through_the_local_glue(home: Home) -> None:
    """Its Spark is a stub: a run ends at once, so that stopping it comes too late."""
    cloud = Cloud.load(home)
    for job, kind in JOBS.items():
        cloud.session.client("glue").create_job(
            Name=cloud.names.job(job),
            Role="arn:aws:iam::000000000000:role/any",
            Command={"Name": kind, "ScriptLocation": "s3://any/script.py"},
        )

    started = controls(cloud, STREAM_JOB).start()
    wait_for(lambda: not runs_of(cloud, STREAM_JOB).newest()[0].is_active or None, "end of run")
    stopped = controls(cloud, STREAM_JOB).stop()

    assert (started.outcome, stopped.outcome) == (Outcome.STARTED, Outcome.ALREADY_STOPPED)
    assert [run.run_id for run in runs_of(cloud, STREAM_JOB).newest()] == [started.run_id]


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (("start",), "attribute-streams: started, run"),
        (("stop",), "attribute-streams: already stopped"),
        (("backfill", "--from", "2026-11-01", "--to", "2026-11-02"), "attribute-range: started"),
        (("status",), "longest lag"),
    ],
    ids=lambda given: given[0] if isinstance(given, tuple) else "",
)
def test_a_command_says_what_it_did(home: Home, command: tuple[str, ...], says: str) -> None:
    cloud = Cloud.load(home)
    runs = runs_of(cloud, STREAM_JOB)
    wait_for(lambda: not any(run.is_active for run in runs.newest()) or None, "end of every run")

    ran = CliRunner().invoke(app, ["glue", *command, "--state", str(home.root)])

    assert (ran.exit_code, says in ran.output) == (0, True), ran.output
