"""The state machine is valid, and every way through it ends in a recorded run."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cfnlint.api import lint

from app import app

type State = dict[str, Any]

DEFINITION = Path(__file__).parents[2] / "stepfunctions" / "hourly_rollup.asl.json"
TEXT = DEFINITION.read_text()
MACHINE: State = json.loads(TEXT)

# By the command line, and by the API.
INVOKED_BY_NAME = {
    "control_attribution_job",
    "list_checkpoints",
    "migrate_database",
    "report_attribution",
}


def machines(machine: State = MACHINE) -> Iterator[State]:
    """The machine itself, and those that its Map states run."""
    yield machine
    for state in machine["States"].values():
        if "ItemProcessor" in state:
            yield from machines(state["ItemProcessor"])


def successors(state: State) -> set[str]:
    paths = [state, *state.get("Catch", []), *state.get("Choices", [])]
    named = {path["Next"] for path in paths if "Next" in path}
    return named | ({state["Default"]} if "Default" in state else set())


def function_of(task: State) -> str:
    """`${RollUpHourArn}` stands for the trigger `roll_up_hour`."""
    name = task["Resource"].removeprefix("${").removesuffix("Arn}")
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


STATES = {name: state for machine in machines() for name, state in machine["States"].items()}
TASKS = {name: state for name, state in STATES.items() if state["Type"] == "Task"}


def test_the_definition_is_valid_for_cloudformation() -> None:
    arn = "arn:aws:lambda:eu-west-1:123456789012:function:eventstream-dev-x"
    machine = {
        "Type": "AWS::StepFunctions::StateMachine",
        "Properties": {
            "RoleArn": "arn:aws:iam::123456789012:role/rollup",
            "DefinitionString": re.sub(r"\$\{\w+\}", arn, TEXT),
        },
    }

    assert lint(json.dumps({"Resources": {"Machine": machine}})) == []


@pytest.mark.parametrize("machine", list(machines()), ids=lambda machine: machine["StartAt"])
def test_every_state_is_reached_and_every_target_is_there(machine: State) -> None:
    reached: set[str] = set()
    waiting = {machine["StartAt"]}
    while waiting:
        name = waiting.pop()
        reached.add(name)
        waiting |= successors(machine["States"][name]) - reached

    assert reached == machine["States"].keys()


@pytest.mark.parametrize("task", list(TASKS.values()), ids=list(TASKS))
def test_every_task_is_bounded_in_time_retried_and_caught(task: State) -> None:
    assert task["TimeoutSeconds"]
    assert task["Catch"][-1]["ErrorEquals"] == ["States.ALL"]
    refusals, *retries = task["Retry"]
    assert refusals == {"ErrorEquals": ["BadRequest"], "MaxAttempts": 0}
    assert retries[-1]["ErrorEquals"] == ["States.ALL"]
    assert all(r["BackoffRate"] > 1 and r["JitterStrategy"] == "FULL" for r in retries)


def test_the_tasks_are_the_functions_that_nothing_else_wakes() -> None:
    assert {function_of(task) for task in TASKS.values()} == {
        function.name for function in app.pure_lambda_functions
    } - INVOKED_BY_NAME


@pytest.mark.parametrize("task", list(TASKS.values()), ids=list(TASKS))
def test_a_task_waits_for_as_long_as_its_function_may_run(
    task: State, config: dict[str, Any]
) -> None:
    function = config["lambda_functions"][function_of(task)]

    assert task["TimeoutSeconds"] > function["lambda_timeout"]


def test_the_deployment_fills_in_every_function(backing: dict[str, Any]) -> None:
    properties = backing["Resources"]["HourlyRollup"]["Properties"]

    assert set(re.findall(r"\$\{(\w+)\}", TEXT)) == properties["DefinitionSubstitutions"].keys()


@pytest.mark.parametrize("name", list(STATES))
def test_a_state_is_named_by_a_sentence(name: str) -> None:
    assert re.fullmatch(r"[A-Z][a-z]*( [a-z]+){2,}\??", name)
    assert len(name) <= 80


def test_no_run_ends_before_it_is_recorded() -> None:
    recorders = {name for name, task in TASKS.items() if function_of(task) == "record_run"}
    unrecorded = {MACHINE["StartAt"]}
    for _ in MACHINE["States"]:
        unrecorded |= {n for name in unrecorded - recorders for n in successors(STATES[name])}

    assert not {"Succeed", "Fail"} & {STATES[name]["Type"] for name in unrecorded}


def test_an_hour_that_fails_leaves_the_others_alone() -> None:
    [of_an_hour] = [machine for machine in machines() if machine is not MACHINE]

    assert {state["Type"] for state in of_an_hour["States"].values()} == {
        *("Choice", "Task", "Pass")
    }
