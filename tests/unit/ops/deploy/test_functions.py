"""A function is read from app.py, and is packed only when the rest of it is there."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from app import app
from ops.kit.errors import OperationFailed
from ops.kit.project import Project
from ops.packaging.functions import packed_functions
from ops.stage.stages import Stage
from ops.stage.triggers import functions_in, functions_of

LIMITS = {"lambda_memory_size": 256, "lambda_timeout": 60}
MakeProject = Callable[[str, dict[str, object]], Project]


@pytest.fixture
def make_project(tmp_path: Path) -> MakeProject:
    def make(source: str, functions: dict[str, object]) -> Project:
        (tmp_path / "app.py").write_text(source)
        (tmp_path / ".chalice").mkdir()
        text = json.dumps({"lambda_functions": functions})
        (tmp_path / ".chalice" / "config.json").write_text(text)
        return Project(tmp_path)

    return make


def test_what_is_read_from_the_text_of_the_app_is_what_chalice_registers() -> None:
    views = {route.view_name for methods in app.routes.values() for route in methods.values()}

    assert set(functions_of(Project())) == {"api_handler", *(app.handler_map.keys() - views)}


def test_a_function_without_a_name_is_called_as_in_python() -> None:
    assert functions_in("@app.lambda_function()\ndef one(event, context): ...") == ("one",)


def test_all_routes_are_one_function() -> None:
    routes = "@app.route('/a')\ndef a(): ...\n@app.route('/b')\ndef b(): ...\n"

    assert functions_in(routes) == ("api_handler",)


def test_what_only_looks_like_a_trigger_is_no_function() -> None:
    assert functions_in("@cache\n@other.schedule('x')\ndef one(): ...") == ()


def test_a_name_that_is_computed_is_refused() -> None:
    with pytest.raises(OperationFailed, match="computes the name of the function one"):
        functions_in("@app.schedule('rate(1 hour)', name=PREFIX + 'one')\ndef one(event): ...")


def test_an_app_that_is_not_python_is_refused(make_project: MakeProject) -> None:
    with pytest.raises(OperationFailed, match=r"app\.py is not valid Python"):
        functions_of(make_project("def", {}))


@pytest.mark.parametrize(
    ("name", "functions", "reason", "advice"),
    [
        ("stranger", {"stranger": LIMITS}, "may do: stranger", "ops/packaging/grants.py"),
        ("record_run", {}, "no memory and timeout: record_run", "config.json"),
        ("record_run", {"record_run": {"lambda_timeout": 1}}, "no memory", "config.json"),
        ("record_run", {"record_run": LIMITS, "gone": LIMITS}, "have: gone", "Remove them"),
    ],
    ids=["no grants", "no limits", "half of its limits", "no trigger"],
)
def test_a_function_that_is_not_whole_is_refused(
    make_project: MakeProject, name: str, functions: dict[str, object], reason: str, advice: str
) -> None:
    project = make_project(f"@app.lambda_function()\ndef {name}(event, context): ...", functions)

    with pytest.raises(OperationFailed) as refused:
        packed_functions(project)

    assert reason in refused.value.reason
    assert advice in refused.value.advice


CONDITIONAL = (
    "if settings.attribution:\n"
    "    @app.lambda_function()\n"
    "    def one(event, context): ...\n"
    "@app.lambda_function()\n"
    "def two(event, context): ...\n"
)


def test_a_function_under_a_switch_is_a_stages_only_where_it_is_on() -> None:
    on, off = Stage("dev", attribution=True), Stage("dev")

    assert functions_in(CONDITIONAL, on) == ("one", "two")
    assert functions_in(CONDITIONAL, off) == ("two",)
    assert functions_in(CONDITIONAL) == ("one", "two")
