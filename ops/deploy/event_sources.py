"""How event sources treat failures, and which functions may rely on that."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ops.deploy.ready import wait_until_ready
from ops.kit.errors import OperationFailed
from ops.stage.names import STREAMS
from ops.stage.target import Target

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

LISTENS = "PARTIAL_BATCH_RESPONSES"
HOUR_S = 3_600
LONGEST_AGE_S = 7 * 24 * HOUR_S
FROM_QUEUE = "transform_raw"

Options = dict[str, Any]


@dataclass(frozen=True, slots=True)
class EventSource:
    """A function, and the options that its event source must have."""

    function: str
    options: Options


def event_sources(target: Target) -> Iterator[EventSource]:
    """Those that honor the options; on the local cloud, only the queue's."""
    yield EventSource(FROM_QUEUE, {"FunctionResponseTypes": ["ReportBatchItemFailures"]})
    if target.stage.streams_listen:
        for stream in STREAMS:
            yield EventSource(f"process_{stream}", stream_options(target, stream))


def stream_options(target: Target, stream: str) -> Options:
    """Retry until the records are about to expire: only failures of AWS services are raised.

    An hour before that, Lambda writes what it could not process to the failures bucket, whole.
    """
    summary = target.session.client("kinesis").describe_stream_summary(
        StreamName=target.names.stream(stream)
    )
    kept_s = summary["StreamDescriptionSummary"]["RetentionPeriodHours"] * HOUR_S
    bucket = f"arn:{target.names.partition}:s3:::{target.names.failures_bucket}"
    return {
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "BisectBatchOnFunctionError": True,
        "MaximumRetryAttempts": -1,
        "MaximumRecordAgeInSeconds": min(kept_s - HOUR_S, LONGEST_AGE_S),
        "DestinationConfig": {"OnFailure": {"Destination": bucket}},
    }


def wire_event_sources(target: Target) -> list[str]:
    """Configure event sources and functions; return a line for each change.

    Mappings come first and functions last: failures reported to a mapping that ignores them are
    lost, while a function that raises loses nothing.

    Raises:
        OperationFailed: a function has no event source, or one that ignored an option.
    """
    client = target.session.client("lambda")
    sources = list(event_sources(target))
    # Lambda refuses to update a mapping that is still being created, and Chalice doesn't wait.
    wait_until_ready(target)
    changed = [line for source in sources for line in _set_options(client, target, source)]
    if changed:
        wait_until_ready(target)
    for source in sources:
        _refuse_missing_options(client, target, source)
    reporting = [
        f"{source.function} reports partial failures"
        for source in sources
        if _let_report(client, target.names.function(source.function))
    ]
    if reporting:
        wait_until_ready(target)
    return [*changed, *reporting]


def mappings_of(client: LambdaClient, name: str) -> list[Options]:
    # By its ARN, which is how Chalice names the function to the event source.
    arn = client.get_function_configuration(FunctionName=name)["FunctionArn"]
    pages = client.get_paginator("list_event_source_mappings").paginate(FunctionName=arn)
    return [dict(mapping) for page in pages for mapping in page["EventSourceMappings"]]


def missing(mapping: Options, source: EventSource) -> Options:
    """Return the options that a mapping lacks."""
    return {k: v for k, v in source.options.items() if not _is_set(mapping, k, v)}


def _set_options(client: LambdaClient, target: Target, source: EventSource) -> Iterator[str]:
    for mapping in mappings_of(client, target.names.function(source.function)):
        if changes := missing(mapping, source):
            client.update_event_source_mapping(UUID=mapping["UUID"], **changes)
            yield f"event source of {source.function}: {', '.join(sorted(changes))}"


def _refuse_missing_options(client: LambdaClient, target: Target, source: EventSource) -> None:
    mappings = mappings_of(client, target.names.function(source.function))
    if not mappings:
        raise OperationFailed(
            f"{source.function} has no event source.", "Deploy the app before you wire it."
        )
    for mapping in mappings:
        if ignored := missing(mapping, source):
            raise OperationFailed(
                f"The event source of {source.function} ignored {', '.join(sorted(ignored))}.",
                "Its function keeps raising errors, so nothing is lost.",
            )


def _is_set(mapping: dict[str, Any], option: str, value: object) -> bool:
    found = mapping.get(option)
    if isinstance(found, dict) and isinstance(value, dict):
        # AWS adds an empty OnSuccess of its own.
        return all(found.get(key) == one for key, one in value.items())
    return bool(found == value)


def _let_report(client: LambdaClient, name: str) -> bool:
    configuration = client.get_function_configuration(FunctionName=name)
    variables = configuration.get("Environment", {}).get("Variables", {})
    if variables.get(LISTENS) == "true":
        return False
    client.update_function_configuration(
        FunctionName=name, Environment={"Variables": {**variables, LISTENS: "true"}}
    )
    return True
