"""Whether each function has one event source, which hands over all records as the law needs it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ops.deploy.event_sources import EventSource, event_sources, mappings_of, missing
from ops.packaging.mapping_options import LISTENS
from ops.stage.target import Target


def mapping_options(target: Target) -> Iterator[str]:
    client = target.session.client("lambda")
    for source in event_sources(target):
        mappings = mappings_of(client, target.names.function(source.function))
        if not mappings:
            yield f"{source.function} has no event source, so nothing invokes it"
        for mapping in mappings:
            if mapping.get("State", "Enabled") != "Enabled":
                yield f"the event source of {source.function} is {mapping['State']}"
            if wrong := missing(mapping, source):
                yield f"the event source of {source.function} lacks {_listed(wrong)}"


def _listed(options: dict[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in sorted(options.items()))


def surplus(target: Target) -> Iterator[str]:
    """A second event source hands over every record again, or those of another stream."""
    client = target.session.client("lambda")
    for source in event_sources(target):
        mappings = mappings_of(client, target.names.function(source.function))
        ours = [one["UUID"] for one in mappings if one["EventSourceArn"] == source.arn]
        strange = [one["UUID"] for one in mappings if one["EventSourceArn"] != source.arn]
        if len(ours) > 1:
            yield f"{source.function} has {len(ours)} event sources: {', '.join(ours)}"
        if strange:
            yield f"{source.function} also reads what is not its own: {', '.join(strange)}"


def partial_failures(target: Target) -> Iterator[str]:
    """Failures that a function reports to an event source that ignores them are lost."""
    client = target.session.client("lambda")
    for source in event_sources(target):
        name = target.names.function(source.function)
        configuration = client.get_function_configuration(FunctionName=name)
        variables = configuration.get("Environment", {}).get("Variables", {})
        reporting = variables.get(LISTENS) == "true"
        ignoring = [one for one in mappings_of(client, name) if _ignores(one, source)]
        if reporting and ignoring:
            yield (
                f"{source.function} reports partial failures but its event source ignores them:"
                " DATA LOSS"
            )
        if not reporting:
            yield f"{source.function} fails whole batches because it was not wired"


def _ignores(mapping: dict[str, Any], source: EventSource) -> bool:
    return "FunctionResponseTypes" in missing(mapping, source)
