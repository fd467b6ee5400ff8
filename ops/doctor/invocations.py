"""Whether functions may run, and whether the rollup is started and has a state machine to run."""

from __future__ import annotations

import re
from collections.abc import Iterator

from botocore.exceptions import ClientError

from ops.stage.target import Target
from ops.stage.triggers import functions_of

STARTER = "start_hourly_rollup"
_EVERY_HOUR = re.compile(r"cron\(\d+ \* \* \* \? \*\)|rate\(1 hour\)")


def concurrency(target: Target) -> Iterator[str]:
    client, config = target.session.client("lambda"), target.project.config
    own = config["stages"][target.names.stage].get("lambda_functions", {})
    for function in functions_of(target.project, target.stage):
        common = config.get("lambda_functions", {}).get(function, {})
        expected = {**common, **own.get(function, {})}.get("reserved_concurrency")
        found = client.get_function_concurrency(
            FunctionName=target.names.chalice_function(function)
        ).get("ReservedConcurrentExecutions")
        if found == expected:
            continue
        if found == 0:
            yield f"{function} has a reserved concurrency of 0, so it never runs"
        else:
            yield (
                f"{function} has a reserved concurrency of {_shown(found)},"
                f" the repository has {_shown(expected)}"
            )


def _shown(reserved: int | None) -> str:
    return "none" if reserved is None else str(reserved)


def schedule(target: Target) -> Iterator[str]:
    events = target.session.client("events")
    function = target.session.client("lambda").get_function_configuration(
        FunctionName=target.names.function(STARTER)
    )
    rules = events.list_rule_names_by_target(TargetArn=function["FunctionArn"])["RuleNames"]
    if not rules:
        yield f"no schedule invokes {STARTER}, so no hour is rolled up"
    for name in rules:
        rule = events.describe_rule(Name=name)
        if rule.get("State") != "ENABLED":
            yield f"the schedule {name} of {STARTER} is disabled, so no hour is rolled up"
        expression = rule.get("ScheduleExpression", "")
        if not _EVERY_HOUR.fullmatch(expression):
            yield f"the schedule {name} of {STARTER} is {expression}, which is not every hour"


def state_machine(target: Target) -> Iterator[str]:
    arn = target.names.rollup_state_machine_arn
    try:
        found = target.session.client("stepfunctions").describe_state_machine(stateMachineArn=arn)
    except ClientError as error:
        if error.response["Error"].get("Code") != "StateMachineDoesNotExist":
            raise
        yield f"state machine {arn.rsplit(':', 1)[-1]} does not exist, so no hour is rolled up"
    else:
        if found.get("status", "ACTIVE") != "ACTIVE":
            yield f"state machine {found['name']} is {found['status']}"
