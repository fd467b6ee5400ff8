"""Event sources in the app's template: made with every option, so that none is ever deaf."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ops.packaging.logical_id import logical_id
from ops.packaging.mapping_options import LISTENS, Options, queue_options, stream_options
from ops.stage.names import OWN_STREAMS

MAX_AGE = "MaxRecordAgeSeconds"
_FAILURES = (
    "arn:${AWS::Partition}:s3:::eventstream-${Stage}-failures-${AWS::AccountId}-${AWS::Region}"
)

_POSITION = {
    "StartingPosition": {"Fn::If": ["AttributionHasStart", "AT_TIMESTAMP", "TRIM_HORIZON"]},
    "StartingPositionTimestamp": {
        "Fn::If": [
            "AttributionHasStart",
            {"Ref": "AttributionStartsAt"},
            {"Ref": "AWS::NoValue"},
        ]
    },
}


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


def start_where_attribution_ended(template: Options, functions: Iterable[str]) -> None:
    """Let attribution's event sources begin at a time that the deployment works out.

    Without one they begin at the oldest record, as all others do.
    """
    for function in {f"attribute_{stream}" for stream in OWN_STREAMS} & {*functions}:
        for _, mapping in _mappings(template["Resources"][logical_id(function)]["Properties"]):
            mapping.update(_POSITION)


def _mappings(properties: Options) -> Iterator[tuple[str, dict[str, Any]]]:
    for event in properties.get("Events", {}).values():
        if event["Type"] in {"Kinesis", "SQS"}:
            yield event["Type"], event["Properties"]
