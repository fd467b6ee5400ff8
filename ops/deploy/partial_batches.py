"""Let a queue's function return only the messages that failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ops.deploy.ready import wait_until_ready
from ops.deploy.target import Target

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

LISTENS = "PARTIAL_BATCH_RESPONSES"


def report_failed_messages(target: Target, function: str) -> bool:
    """Whether anything had to be changed.

    The mapping is told first and the function last: a function that answers to a mapping that
    does not listen loses what it reports, and one that raises loses nothing.
    """
    client = target.session.client("lambda")
    name = target.names.function(function)
    told = _tell_mappings(client, name)
    if told:
        wait_until_ready(target)
    return _tell_function(client, name) or told


def _tell_mappings(client: LambdaClient, name: str) -> bool:
    deaf = [
        mapping["UUID"]
        for page in client.get_paginator("list_event_source_mappings").paginate(FunctionName=name)
        for mapping in page["EventSourceMappings"]
        if "ReportBatchItemFailures" not in mapping.get("FunctionResponseTypes", [])
    ]
    for uuid in deaf:
        client.update_event_source_mapping(
            UUID=uuid, FunctionResponseTypes=["ReportBatchItemFailures"]
        )
    return bool(deaf)


def _tell_function(client: LambdaClient, name: str) -> bool:
    configuration = client.get_function_configuration(FunctionName=name)
    variables = configuration.get("Environment", {}).get("Variables", {})
    if variables.get(LISTENS) == "true":
        return False
    client.update_function_configuration(
        FunctionName=name, Environment={"Variables": {**variables, LISTENS: "true"}}
    )
    return True
