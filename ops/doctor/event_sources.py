"""Whether event sources and functions agree on how failures are reported."""

from __future__ import annotations

from collections.abc import Iterator

from ops.deploy.event_sources import event_sources, mappings_of, missing
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
            if lacking := missing(mapping, source):
                yield f"the event source of {source.function} lacks {', '.join(sorted(lacking))}"


def partial_failures(target: Target) -> Iterator[str]:
    """Failures that a function reports to an event source that ignores them are lost."""
    client = target.session.client("lambda")
    for source in event_sources(target):
        name = target.names.function(source.function)
        configuration = client.get_function_configuration(FunctionName=name)
        variables = configuration.get("Environment", {}).get("Variables", {})
        reporting = variables.get(LISTENS) == "true"
        ignoring = [
            mapping
            for mapping in mappings_of(client, name)
            if "ReportBatchItemFailures" not in mapping.get("FunctionResponseTypes", [])
        ]
        if reporting and ignoring:
            yield (
                f"{source.function} reports partial failures but its event source ignores them:"
                " DATA LOSS"
            )
        if not reporting:
            yield f"{source.function} fails whole batches because it was not wired"
