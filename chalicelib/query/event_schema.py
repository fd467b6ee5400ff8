"""The schema of what clients post, from the types that validate it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from chalicelib.model.currency import CURRENCIES
from chalicelib.model.event import ClientEvent
from chalicelib.model.properties import KNOWN
from chalicelib.query.schemas import REF, schemas_of

# Apart from the shapes of answers, some of which have the same names.
_PREFIX = "Event."
EVENT = f"{_PREFIX}ClientEvent"

_BOUNDS = {"ge": "minimum", "le": "maximum", "multiple_of": "multipleOf"}
_TIMESTAMP = {
    "anyOf": [{"type": "string", "format": "date-time"}, {"type": "integer"}],
    "description": "When it happened: ISO 8601 with a zone, or epoch milliseconds; near the"
    " server's clock.",
}


def event_schemas() -> dict[str, Any]:
    """Return the components that describe one event, `EVENT` among them."""
    types = {"ClientEvent": ClientEvent, **{shape.__name__: shape for shape in KNOWN.values()}}
    _, schemas = schemas_of(types, "validation", _PREFIX)
    found = {f"{_PREFIX}{name}": _bounded(schema) for name, schema in schemas.items()}
    # What these three check takes code of their own.
    found[f"{_PREFIX}Currency"] = {"type": "string", "enum": sorted(CURRENCIES)}
    event = found[EVENT]
    event["properties"]["timestamp"] = _TIMESTAMP
    event["dependentRequired"] = {"event_id": ["timestamp"]}
    event["allOf"] = [*_by_type(found)]
    return found


def _bounded(node: Any) -> Any:
    """Give the bounds of a named type their names in JSON Schema; Pydantic leaves its own."""
    if isinstance(node, list):
        return [_bounded(one) for one in node]
    if not isinstance(node, dict):
        return node
    names = _BOUNDS if "$ref" in node else {}
    return {names.get(name, name): _bounded(value) for name, value in node.items()}


def _by_type(schemas: Mapping[str, Any]) -> Iterator[Mapping[str, object]]:
    for event_type, shape in KNOWN.items():
        name = f"{_PREFIX}{shape.__name__}"
        required = {"required": ["properties"]} if "required" in schemas[name] else {}
        yield {
            "if": {"properties": {"event_type": {"const": event_type}}},
            "then": {"properties": {"properties": {"$ref": f"{REF}{name}"}}, **required},
        }


def batch_schema(max_events: int) -> Mapping[str, object]:
    """Return the schema of a batch: an array, or an object whose one field holds it."""
    events = {
        "type": "array",
        "items": {"$ref": f"{REF}{EVENT}"},
        "minItems": 1,
        "maxItems": max_events,
    }
    wrapped = {
        "type": "object",
        "properties": {"events": events},
        "required": ["events"],
        "additionalProperties": False,
    }
    return {"anyOf": [events, wrapped]}
