"""What docs/architecture.md says of adding a function or a route is enough to package it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ops.kit.project import ROOT, Project
from ops.packaging.package import make_package
from ops.stage.stages import Stage
from tests.architecture.cloudformation import ACCOUNT, REGION, resolved

TRIGGERS = """

@app.lambda_function(name="count_things")
def count_things(event: dict[str, Any], _context: object) -> dict[str, Any]:
    return event


@app.schedule(Cron(0, 4, "*", "*", "?", "*"), name="draw_things")
def draw_things(event: CloudWatchEvent) -> None: ...


@app.route("/things/{name}", methods=["GET"], api_key_required=True)
def read_things(name: str) -> dict[str, str]:
    return {"name": name}
"""
GRANTS = """
    "count_things": (Grant("ReadThings", "dynamodb:Query", "table:metrics"),),
    "draw_things": (Grant("DrawThings", "s3:GetObject", "objects:lake/events/"),),
"""
LIMITS = {"lambda_memory_size": 320, "lambda_timeout": 7}
SWITCHED_ON = Stage("dev", attribution=True, synthetic_traffic=True)
GRANTS_TABLE = "_OWN: Mapping[str, tuple[Grant, ...]] = {"
METRICS_TABLE = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/eventstream-dev-metrics"


def add_things(project: Path, *, grants: str) -> None:
    app = project / "app.py"
    app.write_text(app.read_text() + TRIGGERS)
    insert(
        project / "ops/packaging/grants.py", "_OWN: Mapping[str, tuple[Grant, ...]] = {", grants
    )
    insert(project / "ops/packaging/chalice_config.py", "LAYERED = (", '"draw_things", ')
    config = json.loads((project / ".chalice/config.json").read_text())
    config["lambda_functions"] |= {"count_things": LIMITS, "draw_things": LIMITS}
    (project / ".chalice/config.json").write_text(json.dumps(config))


def insert(file: Path, after: str, text: str) -> None:
    before, found, rest = file.read_text().partition(after)
    assert found
    file.write_text(before + after + text + rest)


def copy_project(folder: Path) -> Path:
    """Return a copy with its own command line, and without libraries, which take a while."""
    without = shutil.ignore_patterns("__pycache__")
    for name in ("chalicelib", "ops", "infrastructure", "stepfunctions"):
        shutil.copytree(ROOT / name, folder / name, ignore=without)
    (folder / ".chalice").mkdir()
    shutil.copy(ROOT / ".chalice" / "config.json", folder / ".chalice")
    shutil.copy(ROOT / "app.py", folder)
    (folder / "requirements.txt").touch()
    # As SWITCHED_ON.
    stages = folder / "infrastructure" / "stages.toml"
    switched_on = "[dev]\nattribution = true\nsynthetic_traffic = true\n"
    stages.write_text(stages.read_text().replace("[dev]\n", switched_on, 1))
    return folder


def ops(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ops", *arguments],
        cwd=project,
        env={**os.environ, "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = copy_project(tmp_path_factory.mktemp("additions"))
    add_things(project, grants=GRANTS)
    made = ops(project, "package", "--stage", "dev", "--region", REGION)
    assert made.returncode == 0, made.stderr
    return project


def packaged(project: Path, name: str) -> dict[str, Any]:
    resources = resolved(json.loads((project / f"build/dev/{name}.json").read_text()), "dev")
    assert isinstance(resources, dict)
    return dict(resources["Resources"])


def test_a_function_has_its_name_its_limits_and_the_names_of_all_things(project: Path) -> None:
    resources = packaged(project, "sam")
    function, other = (resources[id_]["Properties"] for id_ in ("CountThings", "RecordRun"))

    assert function["FunctionName"] == "eventstream-dev-count_things"
    assert (function["MemorySize"], function["Timeout"]) == (320, 7)
    assert function["Environment"] == other["Environment"]
    assert function["Environment"]["Variables"]["METRICS_TABLE"] == "eventstream-dev-metrics"


def test_a_function_has_the_policy_that_it_is_granted(project: Path) -> None:
    [policy] = packaged(project, "sam")["CountThingsRole"]["Properties"]["Policies"]
    read, logs = policy["PolicyDocument"]["Statement"]

    assert (read["Action"], read["Resource"]) == (["dynamodb:Query"], [METRICS_TABLE])
    assert "eventstream-dev-count_things" in logs["Resource"][0]


def test_a_function_has_the_layer_only_where_it_is_asked_for(project: Path) -> None:
    resources = packaged(project, "sam")

    assert "Layers" not in resources["CountThings"]["Properties"]
    assert "Layers" in resources["DrawThings"]["Properties"]


def test_a_function_has_its_log_and_is_watched(project: Path) -> None:
    log = packaged(project, "backing")["CountThingsLogs"]["Properties"]
    kept = packaged(project, "extras")["CountThingsLogsKept"]["Properties"]
    dashboard = packaged(project, "monitoring")["Dashboard"]["Properties"]
    name = "eventstream-dev-count_things"

    assert log["LogGroupName"] == kept["LogGroupName"] == f"/aws/lambda/{name}"
    assert f'"Errors","FunctionName","{name}"' in dashboard["DashboardBody"]


def test_a_route_needs_the_key_it_asks_for_and_can_be_called_by_a_page(project: Path) -> None:
    api = packaged(project, "sam")["RestAPI"]["Properties"]
    route = api["DefinitionBody"]["paths"]["/things/{name}"]
    [answer] = route["options"]["x-amazon-apigateway-integration"]["responses"].values()
    headers = answer["responseParameters"]

    assert route["get"]["security"] == [{"api_key": []}]
    assert headers["method.response.header.Access-Control-Allow-Origin"] == "'*'"


def test_what_was_there_before_stays_as_it_is(project: Path) -> None:
    resources = packaged(project, "sam")
    package = make_package(Project(), SWITCHED_ON, REGION)
    before = resolved(json.loads(package.template.read_text())["Resources"], "dev")

    assert isinstance(before, dict)
    assert {id_ for id_, resource in before.items() if resources[id_] != resource} == {"RestAPI"}


def test_the_chalice_path_has_the_same_policy(project: Path) -> None:
    where = ("--account", ACCOUNT, "--region", REGION, "--layer-arn", "arn:layer")
    made = ops(project, "configure", "--stage", "dev", *where)
    policy = json.loads((project / ".chalice/policies/dev/count_things.json").read_text())
    [packed] = packaged(project, "sam")["CountThingsRole"]["Properties"]["Policies"]

    assert made.returncode == 0, made.stderr
    assert policy == packed["PolicyDocument"]


def test_a_function_without_grants_is_refused_by_its_name(tmp_path: Path) -> None:
    project = copy_project(tmp_path)
    add_things(project, grants="")

    made = ops(project, "package", "--stage", "dev", "--region", REGION)

    assert made.returncode == 1
    assert "may do: count_things, draw_things." in made.stderr
    assert "ops/packaging/grants.py" in made.stderr
    assert "Traceback" not in made.stderr
