"""What a stage holds while generated requests are sent to it, and values that name some of it.

A generator that has only the document finds no id that exists, and so never gets past a 404.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from random import Random

from chalicelib.aws.experiment_results import DynamoExperimentResults
from chalicelib.aws.experiments import DynamoExperiments
from chalicelib.experiments.analyze import analyze
from chalicelib.model.experiment import Experiment, Status
from chalicelib.model.hour import Hour
from ops.demo import read_back
from ops.demo.bypass import bypass
from ops.demo.follow import follow
from ops.demo.sender import Sender
from ops.local.cloud import Cloud
from ops.rebuild.roll_up import roll_up
from ops.traffic.generator import plan
from tests.builders import NOON
from tests.e2e.waiting import PATIENCE_S
from tests.unit.experiments.worlds import World, make_experiment, some_event

N_HOURS = 3
N_EVENTS = 400
N_TRIAL_EVENTS, N_TRIAL_USERS = 600, 80
USER = "usr_1"
# Put by requests of the fuzz itself, some of them again and again.
CHANGED = ("fuzz-changed-1", "fuzz-changed-2")

type Known = Mapping[str, Sequence[object]]


def seed(cloud: Cloud) -> Known:
    """Fill a stage; return some values of parameters and fields that name what it holds."""
    first = Hour.of(time.time_ns() // 1_000_000).plus(-N_HOURS)
    end = first.plus(N_HOURS)
    list(Sender(cloud).send(plan(first.start_ms, end.start_ms, n_events=N_EVENTS, seed=5)))
    bypass(cloud, copies=1)
    follow(cloud, read_back.stream_records(cloud), lambda _account: None, PATIENCE_S)
    assert roll_up(cloud, first, end, lambda _n: None).status == "SUCCEEDED"
    experiments = _seed_experiments(cloud)
    return {
        "from": [first.plus(hours).window_start for hours in (-25, 0, 1)],
        "to": [end.plus(hours).window_start for hours in (0, 1, 2)],
        "event_type": [["_all"], ["page_view"], ["_all", "purchase"]],
        "shard_id": [f"{cloud.names.stream('events')}-shardId-000000000000"],
        "experiment_id": [*experiments, *CHANGED],
        "user_id": [USER],
    }


def _seed_experiments(cloud: Cloud) -> list[str]:
    """Save a definition of every state; those of `_with_results` have results of two looks."""
    client, table = cloud.client("dynamodb"), cloud.names.table("experiments")
    with_results = _with_results()
    others = [
        make_experiment(experiment_id="fuzz-draft", status=Status.DRAFT, started=None),
        make_experiment(experiment_id="fuzz-without-results"),
    ]
    for experiment in (*with_results, *others):
        DynamoExperiments(client, table).save(experiment, None)
    for experiment in with_results:
        _compute(experiment, DynamoExperimentResults(client, table))
    return [experiment.experiment_id for experiment in (*with_results, *others)]


def _with_results() -> list[Experiment]:
    stopped = NOON.plus(5)
    return [
        make_experiment(experiment_id="fuzz-running", assigned={USER: "treatment"}),
        make_experiment(experiment_id="fuzz-stopped", status=Status.STOPPED, stopped=stopped),
    ]


def _compute(experiment: Experiment, results: DynamoExperimentResults) -> None:
    chance = Random(experiment.experiment_id)
    world = World()
    for number in range(N_TRIAL_EVENTS):
        world.add(some_event(chance, number, N_TRIAL_USERS))
    world.roll_up(list(world.rows))
    for hours in (3, 6):
        # Which the events of these worlds name.
        observed = world.observe(replace(experiment, experiment_id="exp-a"), NOON.plus(hours))
        assert observed is not None
        looks = results.looks(experiment.experiment_id)
        found = analyze(observed, looks)
        results.keep(replace(found, experiment_id=experiment.experiment_id), f"basis-{hours}")
