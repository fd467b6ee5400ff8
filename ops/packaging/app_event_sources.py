"""Event sources in the app's template: made with every option, so that none is ever deaf."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ops.packaging.mapping_options import LISTENS, Options, queue_options, stream_options

MAX_AGE = "MaxRecordAgeSeconds"
_FAILURES = (
    "arn:${AWS::Partition}:s3:::eventstream-${Stage}-failures-${AWS::AccountId}-${AWS::Region}"
)


def let_event_sources_listen(functions: Iterable[Options], *, streams_listen: bool) -> None:
    """Put in the options, and let those functions report failures whose event sources listen."""
    for properties in functions:
        for kind, mapping in _mappings(properties):
            if kind == "SQS":
                mapping.update(queue_options())
            elif streams_listen:
                mapping.update(stream_options({"Ref": MAX_AGE}, {"Fn::Sub": _FAILURES}))
            else:
                continue
            environment = properties.setdefault("Environment", {})
            environment.setdefault("Variables", {})[LISTENS] = "true"


def _mappings(properties: Options) -> Iterator[tuple[str, dict[str, Any]]]:
    for event in properties.get("Events", {}).values():
        if event["Type"] in {"Kinesis", "SQS"}:
            yield event["Type"], event["Properties"]
