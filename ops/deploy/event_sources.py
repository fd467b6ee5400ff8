"""How event sources are set: what they read, in which batches, and what they do about failures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from chalicelib.settings.triggers import TriggerSettings
from ops.deploy.ready import wait_until_ready
from ops.kit.errors import OperationFailed
from ops.packaging.mapping_options import LISTENS, Options, queue_options, stream_options
from ops.packaging.variables import named, switched
from ops.stage.names import OWN_STREAMS
from ops.stage.target import Target

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

HOUR_S = 3_600
LONGEST_AGE_S = 7 * 24 * HOUR_S
FROM_QUEUE = "transform_raw"
# What an option means that a mapping leaves out; AWS, unlike others, shows most of them.
_UNSET: Options = {
    "FilterCriteria": {},
    "ParallelizationFactor": 1,
    "TumblingWindowInSeconds": 0,
}


@dataclass(frozen=True, slots=True)
class EventSource:
    """A function, what invokes it, and the options that its event source must have."""

    function: str
    arn: str
    options: Options

    @property
    def set_options(self) -> Options:
        """The options that a mapping must be made with; without them, the others hold."""
        return {name: v for name, v in self.options.items() if _UNSET.get(name) != v}


def event_sources(target: Target) -> Iterator[EventSource]:
    """Those that honor the options; on the local cloud, only the queue's."""
    yield _queue(target)
    if target.stage.streams_listen:
        for stream in target.stage.streams:
            yield _stream(target, f"process_{stream}", stream)
        if target.stage.attributes_by_function:
            for stream in OWN_STREAMS:
                yield _stream(target, f"attribute_{stream}", stream)


def _queue(target: Target) -> EventSource:
    names, settings = target.names, trigger_settings(target)
    arn = f"arn:{names.partition}:sqs:{names.region}:{names.account}:{names.raw_queue}"
    options = {
        **queue_options(),
        "BatchSize": settings.sqs_batch_size,
        "MaximumBatchingWindowInSeconds": settings.sqs_batching_window_s,
        "FilterCriteria": {},
        "ScalingConfig": {"MaximumConcurrency": settings.sqs_max_concurrency},
    }
    return EventSource(FROM_QUEUE, arn, options)


def _stream(target: Target, function: str, stream: str) -> EventSource:
    names, settings = target.names, trigger_settings(target)
    stream_name = names.stream(stream)
    arn = f"arn:{names.partition}:kinesis:{names.region}:{names.account}:stream/{stream_name}"
    bucket = f"arn:{names.partition}:s3:::{names.failures_bucket}"
    options = {
        **stream_options(max_age_s(target, stream), bucket),
        "BatchSize": settings.kinesis_batch_size,
        "MaximumBatchingWindowInSeconds": settings.kinesis_batching_window_s,
        # Two batches of a shard at a time would overtake each other's checkpoints.
        "ParallelizationFactor": 1,
        "TumblingWindowInSeconds": 0,
        # What a filter rejects is gone.
        "FilterCriteria": {},
    }
    return EventSource(function, arn, options)


def trigger_settings(target: Target) -> TriggerSettings:
    """The batch sizes and windows that the repository has for a stage."""
    config = target.project.config
    own = config["stages"][target.names.stage].get("environment_variables", {})
    worked_out = {**named(target.names), **switched(target.stage)}
    variables = {**config.get("environment_variables", {}), **own, **worked_out}
    return TriggerSettings.from_env(variables)


def max_age_s(target: Target, stream: str) -> int:
    """How long Lambda retries a record: until an hour before the stream drops it."""
    summary = target.session.client("kinesis").describe_stream_summary(
        StreamName=target.names.stream(stream)
    )
    kept_s = summary["StreamDescriptionSummary"]["RetentionPeriodHours"] * HOUR_S
    return min(kept_s - HOUR_S, LONGEST_AGE_S)


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
            f"{source.function} has no event source.",
            f"Deploy the app: `python -m ops deploy --stage {target.names.stage}`.",
        )
    for mapping in mappings:
        if ignored := missing(mapping, source):
            raise OperationFailed(
                f"The event source of {source.function} ignored {', '.join(sorted(ignored))}.",
                "Its function keeps raising errors, so nothing is lost.",
            )


def _is_set(mapping: Mapping[str, Any], option: str, value: object) -> bool:
    found = mapping.get(option)
    if found in (None, {}, {"Filters": []}):
        found = _UNSET.get(option)
    if option == "DestinationConfig" and isinstance(found, dict) and isinstance(value, dict):
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
