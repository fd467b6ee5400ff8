"""Whether event sources and functions agree on how failures are told."""

from __future__ import annotations

from collections.abc import Iterator

from ops.deploy.event_sources import LISTENS, event_sources, mappings_of, missing
from ops.stage.target import Target


def mapping_options(target: Target) -> Iterator[str]:
    client = target.session.client("lambda")
    for source in event_sources(target):
        mappings = mappings_of(client, target.names.function(source.function))
        if not mappings:
            yield f"{source.function} has no event source, so nothing wakes it"
        for mapping in mappings:
            if mapping.get("State", "Enabled") != "Enabled":
                yield f"the event source of {source.function} is {mapping['State']}"
            if deaf := missing(mapping, source):
                yield f"the event source of {source.function} lacks {', '.join(sorted(deaf))}"


def answers(target: Target) -> Iterator[str]:
    """A function that answers to an event source that doesn't listen loses records."""
    client = target.session.client("lambda")
    for source in event_sources(target):
        name = target.names.function(source.function)
        configuration = client.get_function_configuration(FunctionName=name)
        variables = configuration.get("Environment", {}).get("Variables", {})
        answering = variables.get(LISTENS) == "true"
        deaf = [
            mapping
            for mapping in mappings_of(client, name)
            if "ReportBatchItemFailures" not in mapping.get("FunctionResponseTypes", [])
        ]
        if answering and deaf:
            yield f"{source.function} reports failures to a deaf event source, which LOSES RECORDS"
        if not answering:
            yield f"{source.function} raises for a whole batch, since it was not wired"
