"""Definitions and assignments as clients meet them: every status of every route."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from app import app
from chalicelib.experiments.assign_users import AssignUsers
from chalicelib.experiments.put_definition import MAX_BODY_BYTES, PutDefinition
from chalicelib.experiments.save_definition import SaveDefinition
from chalicelib.model.assignment import assign
from chalicelib.model.experiment import Status
from chalicelib.query.list_experiments import ListExperiments
from chalicelib.query.read_assignment import ReadAssignment
from chalicelib.query.read_experiment import ReadExperiment
from chalicelib.query.read_experiment_live import ReadExperimentLive
from chalicelib.query.read_experiment_results import ReadExperimentResults
from chalicelib.query.routes import (
    ASSIGNMENT,
    EXPERIMENT,
    EXPERIMENT_LIVE,
    EXPERIMENT_RESULTS,
    EXPERIMENTS,
    ROUTES,
)
from chalicelib.query.serve import Serve
from chalicelib.wiring import using
from tests.app.api import JSON, Reply
from tests.builders import NOON_MS, make_definition, make_experiment, make_pipeline
from tests.fakes import FakeExperiments
from tests.unit.experiments.observing import make_results
from tests.unit.query.conformity import complaints_about
from tests.unit.query.fakes import FakeMeter, FakeResultsReader, FakeVariantCounts

DEFINITION = "/experiments/{experiment_id}"
ALL = f"{DEFINITION}/assignments"
ONE = f"{ALL}/{{user_id}}"
LIVE = f"{DEFINITION}/live"
RESULTS = f"{DEFINITION}/results"
ROUTE_OF = {f"{route.method} {route.path}": route for route in ROUTES}
CREATE = {"If-None-Match": "*"}


@dataclass
class Api:
    store: FakeExperiments = field(default_factory=FakeExperiments)
    counts: FakeVariantCounts = field(default_factory=FakeVariantCounts)
    results: FakeResultsReader = field(default_factory=FakeResultsReader)

    def send(
        self,
        method: str,
        path: str,
        content: object = None,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, list[str]] | None = None,
        **names: str,
    ) -> Reply:
        named = {"experiment_id": "button"} | names
        body = content if isinstance(content, str) else json.dumps(content)
        request = {
            "requestContext": {"resourcePath": path, "httpMethod": method},
            "headers": {**JSON, **(headers or {})},
            "body": body if method != "GET" else None,
            "isBase64Encoded": False,
            "pathParameters": named if path != "/experiments" else None,
            "stageVariables": None,
            "multiValueQueryStringParameters": query,
        }
        response = json.loads(json.dumps(app(request, None)))
        reply = Reply(response["statusCode"], response["headers"], response["body"])
        if reply.text:
            route = ROUTE_OF[f"{method} {path}"]
            assert complaints_about(route, reply.status, reply.content) == []
        return reply

    def put(self, content: object, headers: Mapping[str, str] = CREATE, **names: str) -> Reply:
        return self.send("PUT", DEFINITION, content, headers, None, **names)

    def fail(self) -> None:
        self.store.faults.next_fate = lambda: "fails_before"


@pytest.fixture
def api() -> Iterator[Api]:
    api = Api()
    pipeline = make_pipeline(
        put_definition=PutDefinition(SaveDefinition(api.store, lambda: NOON_MS)),
        assign_users=AssignUsers(api.store),
    )
    reads: dict[str, tuple[Any, Any]] = {
        "experiments": (EXPERIMENTS, ListExperiments(api.store, api.results)),
        "experiment": (EXPERIMENT, ReadExperiment(api.store)),
        "experiment_live": (EXPERIMENT_LIVE, ReadExperimentLive(api.store, api.counts)),
        "experiment_results": (
            EXPERIMENT_RESULTS,
            ReadExperimentResults(api.store, api.results),
        ),
        "assignment": (ASSIGNMENT, ReadAssignment(api.store)),
    }
    for name, (route, read) in reads.items():
        serve = Serve(route=route, read=read, clock=lambda: NOON_MS, meter=FakeMeter())
        vars(pipeline.query)[name] = serve
    with using(pipeline):
        yield api


def test_an_experiment_is_created_once(api: Api) -> None:
    created = api.put(make_definition())
    again = api.put(make_definition())

    assert (created.status, created.headers["ETag"]) == (201, '"1"')
    assert created.content["status"] == "draft"
    assert (again.status, again.codes) == (412, ["experiment_exists"])


def test_what_is_read_can_be_changed_and_sent_back_with_its_tag(api: Api) -> None:
    api.put(make_definition())
    read = api.send("GET", DEFINITION)

    changed = api.put({**read.content, "status": "running"}, {"If-Match": read.headers["ETag"]})
    assert (changed.status, changed.headers["ETag"]) == (200, '"2"')
    assert changed.content["started"] == "2026-11-20T12:00:00Z"
    late = api.put(read.content, {"If-Match": read.headers["ETag"]})
    assert (late.status, late.codes) == (412, ["version_conflict"])


@pytest.mark.parametrize("tag", ['"1"', "1", 'W/"1"'])
def test_a_tag_is_read_however_it_is_written(api: Api, tag: str) -> None:
    api.put(make_definition())

    assert api.put(make_definition(name="two"), {"If-Match": tag}).status == 200


@pytest.mark.parametrize(
    "headers", [{}, {**CREATE, "If-Match": '"1"'}, {"If-None-Match": '"1"'}], ids=str
)
def test_a_put_says_what_it_expects(api: Api, headers: Mapping[str, str]) -> None:
    reply = api.put(make_definition(), headers)

    assert (reply.status, reply.codes) == (428, ["precondition_required"])


def test_a_tag_that_is_not_a_versions_is_refused(api: Api) -> None:
    reply = api.put(make_definition(), {"If-Match": '"abc"'})

    assert (reply.status, reply.codes) == (400, ["wrong_format"])


def test_an_unknown_experiment_is_404_on_every_route(api: Api) -> None:
    replies = [
        api.put(make_definition(), {"If-Match": '"1"'}),
        api.send("GET", DEFINITION),
        api.send("GET", LIVE),
        api.send("GET", ONE, user_id="usr_1"),
        api.send("POST", ALL, {"user_ids": ["usr_1"]}),
    ]

    assert {reply.status for reply in replies} == {404}
    assert {code for reply in replies for code in reply.codes} == {"experiment_not_found"}


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"control": "blue"}, "unknown_variant"), ({"name": 5}, "wrong_type")],
    ids=str,
)
def test_a_definition_with_a_mistake_is_400(api: Api, changes: Any, code: str) -> None:
    reply = api.put(make_definition(**changes))

    assert (reply.status, reply.codes) == (400, [code])


def test_a_change_that_is_not_allowed_now_is_409(api: Api) -> None:
    api.put(make_definition(status="running"))

    reply = api.put(make_definition(status="draft"), {"If-Match": '"1"'})
    assert (reply.status, reply.codes) == (409, ["status_change_not_allowed"])


def test_bodies_are_bounded_and_json(api: Api) -> None:
    large = json.dumps(make_definition(hypothesis="x" * MAX_BODY_BYTES))

    assert api.put(large).status == 413
    assert api.put("{").codes == ["invalid_json"]
    assert api.put("[]").codes == ["not_an_object"]
    assert api.put(make_definition(), {**CREATE, "Content-Type": "text/plain"}).status == 415


def test_a_store_that_is_away_is_503_on_every_route(api: Api) -> None:
    api.fail()
    replies = [
        api.put(make_definition()),
        api.send("GET", "/experiments"),
        api.send("GET", DEFINITION),
        api.send("GET", LIVE),
        api.send("GET", ONE, user_id="usr_1"),
        api.send("POST", ALL, {"user_ids": ["usr_1"]}),
    ]

    assert {reply.status for reply in replies} == {503}
    assert all(reply.headers["Retry-After"] == "2" for reply in replies)


def test_experiments_are_listed_by_status(api: Api) -> None:
    api.put(make_definition(), experiment_id="a")
    api.put(make_definition(status="running"), experiment_id="b")

    def listed(**query: list[str]) -> list[str]:
        found = api.send("GET", "/experiments", query=query).content["experiments"]
        return [one["experiment_id"] for one in found]

    assert listed() == ["a", "b"]
    assert listed(status=["running"]) == ["b"]
    assert api.send("GET", "/experiments", query={"status": ["on"]}).status == 400


def test_a_definition_that_is_known_is_not_sent_again(api: Api) -> None:
    api.put(make_definition())

    assert api.send("GET", DEFINITION, headers={"If-None-Match": '"1"'}).status == 304


def test_a_user_is_assigned_as_the_hash_says(api: Api) -> None:
    api.store.stored["button"] = [make_experiment()]

    reply = api.send("GET", ONE, user_id="usr%201%2Fx")
    assert reply.content == {
        "experiment_id": "button",
        "version": 1,
        "user_id": "usr 1/x",
        "variant": assign(make_experiment(), "usr 1/x").variant,
        "reason": "hashed",
    }


def test_many_users_are_assigned_at_once(api: Api) -> None:
    experiment = make_experiment(assigned={"usr_2": "treatment"}, coverage=0)
    api.store.stored["button"] = [experiment]

    reply = api.send("POST", ALL, {"user_ids": ["usr_1", "usr_2"]})
    assert reply.content == {
        "experiment_id": "button",
        "version": 1,
        "status": "running",
        "assignments": {"usr_1": None, "usr_2": "treatment"},
    }


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ({}, "missing_field"),
        ({"user_ids": []}, "too_short"),
        ({"user_ids": [1]}, "wrong_type"),
        ({"user_ids": [f"usr_{n}" for n in range(1_001)]}, "too_long"),
        ({"user_ids": ["usr_1"], "colour": "red"}, "unknown_field"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_users_that_can_not_be_read_are_refused(api: Api, content: Any, code: str) -> None:
    api.store.stored["button"] = [make_experiment()]
    reply = api.send("POST", ALL, content)

    assert (reply.status, reply.codes) == (400, [code])


@pytest.mark.parametrize("status", [Status.DRAFT, Status.STOPPED])
def test_nobody_is_assigned_while_it_does_not_run(api: Api, status: Status) -> None:
    api.store.stored["button"] = [make_experiment(status=status)]

    one = api.send("GET", ONE, user_id="usr_1").content
    many = api.send("POST", ALL, {"user_ids": ["usr_1"]}).content
    assert (one["variant"], one["reason"]) == (None, "not_running")
    assert many["assignments"] == {"usr_1": None}


def test_live_counters_are_summed_over_shards_and_days(api: Api) -> None:
    api.store.stored["button"] = [make_experiment()]
    for hours in (0, 0, 1, 13):
        api.counts.add("button", NOON_MS - hours * 3_600_000, control=(2, 1), treatment=(3, 0))

    hourly = api.send("GET", LIVE).content
    assert [row["from"] for row in hourly["rows"]] == [
        "2026-11-19T23:00:00.000Z",
        "2026-11-20T11:00:00.000Z",
        "2026-11-20T12:00:00.000Z",
    ]
    assert hourly["rows"][-1]["variants"] == [
        {"variant": "control", "events": 4, "conversions": 2, "users_estimate": None},
        {"variant": "treatment", "events": 6, "conversions": 0, "users_estimate": None},
    ]
    daily = api.send("GET", LIVE, query={"by": ["day"]}).content
    assert [row["variants"][0]["events"] for row in daily["rows"]] == [2, 6]
    assert daily["total"] == hourly["total"]


def test_live_users_are_counted_once_however_many_hours_they_came_in(api: Api) -> None:
    api.store.stored["button"] = [make_experiment()]
    users = {"control": ["usr_1", "usr_2"]}
    for hours in (0, 0, 1):
        api.counts.add("button", NOON_MS - hours * 3_600_000, users, control=(2, 1))

    answer = api.send("GET", LIVE).content

    assert answer["users_relative_error"] == 0.046
    assert [row["variants"][0]["users_estimate"] for row in answer["rows"]] == [2, 2]
    assert [one["users_estimate"] for one in answer["total"]] == [2, 0]


def test_live_users_are_unknown_where_an_earlier_version_counted(api: Api) -> None:
    api.store.stored["button"] = [make_experiment()]
    api.counts.add("button", NOON_MS, {"control": ["usr_1"]}, control=(2, 1))
    api.counts.add("button", NOON_MS - 3_600_000, control=(2, 1))

    answer = api.send("GET", LIVE).content

    assert [row["variants"][0]["users_estimate"] for row in answer["rows"]] == [None, 1]
    assert [one["users_estimate"] for one in answer["total"]] == [None, 0]


def test_a_range_that_is_too_long_is_refused(api: Api) -> None:
    reply = api.send("GET", LIVE, query={"from": ["2026-01-01"]})

    assert (reply.status, reply.codes) == (400, ["range_too_wide"])


def test_a_name_of_the_path_is_not_a_query_parameter(api: Api) -> None:
    reply = api.send("GET", DEFINITION, query={"experiment_id": ["other"]})

    assert (reply.status, reply.codes) == (400, ["repeated_parameter"])


def test_results_are_answered_whole(api: Api) -> None:
    api.store.stored["button"] = [make_experiment(version=1)]
    api.results.stored["button"] = make_results()

    reply = api.send("GET", RESULTS)
    answer = reply.content

    assert reply.headers["Cache-Control"] == "private, max-age=30"
    assert answer["conclusion"]["verdict"] == "winning"
    assert answer["conclusion"]["next_step"]
    assert answer["computed_at"] == "2026-11-21T12:00:00.000Z"
    assert [row["users"] for row in answer["split"]["rows"]] == [5_000, 5_000]
    [metric] = answer["metrics"]
    assert [one["converters"] for one in metric["variants"]] == [500, 700]
    assert metric["variants"][1]["comparison"]["lift"]["low"] > 0
    assert [look["verdict"] for look in answer["looks"]] == ["winning"]
    assert answer["looks_left_out"] == 0


def test_the_list_has_the_verdicts_that_there_are(api: Api) -> None:
    api.store.stored["button"] = [make_experiment()]
    api.store.stored["other"] = [make_experiment(experiment_id="other")]
    api.results.stored["button"] = make_results()

    verdicts = api.send("GET", "/experiments").content["verdicts"]

    assert [(name, one["verdict"]) for name, one in verdicts.items()] == [("button", "winning")]


@pytest.mark.parametrize(
    ("status", "cause"), [(Status.DRAFT, "draft"), (Status.RUNNING, "not_computed")]
)
def test_without_results_it_is_too_early_and_the_answer_says_why(
    api: Api, status: Status, cause: str
) -> None:
    api.store.stored["button"] = [make_experiment(status=status)]

    answer = api.send("GET", RESULTS).content

    assert answer["computed_at"] is None
    assert answer["conclusion"]["verdict"] == "too early"
    assert answer["conclusion"]["cause"] == cause
    assert answer["conclusion"]["reason"]


def test_an_unknown_experiment_has_no_results(api: Api) -> None:
    reply = api.send("GET", RESULTS)

    assert (reply.status, reply.codes) == (404, ["experiment_not_found"])


@pytest.mark.parametrize("looks", ["1", "2401", "all"])
def test_looks_out_of_range_are_refused(api: Api, looks: str) -> None:
    assert api.send("GET", RESULTS, query={"looks": [looks]}).status == 400
