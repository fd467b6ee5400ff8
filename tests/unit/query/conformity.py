"""Whether an answer has the shape that the OpenAPI document promises, and nothing beyond it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

import orjson
from openapi_schema_validator import OAS31Validator

from chalicelib.query.openapi import document
from chalicelib.query.route import Route
from chalicelib.query.routes import ROUTES

MAX_BATCH_EVENTS = 500


@cache
def described() -> dict[str, Any]:
    """The document as a client reads it."""
    written: dict[str, Any] = json.loads(orjson.dumps(document(ROUTES, MAX_BATCH_EVENTS)))
    return written


def complaints(schema: Mapping[str, Any], value: object) -> list[str]:
    """Say what of a value does not conform; the schema may refer to the document's components."""
    whole = {**schema, "components": described()["components"]}
    found = OAS31Validator(whole).iter_errors(json.loads(orjson.dumps(value)))
    return [f"{'/'.join(map(str, error.path))}: {error.message}" for error in found]


def complaints_about(route: Route, status: int, content: object) -> list[str]:
    """Say what of a body does not conform, unknown fields included."""
    operation = described()["paths"][route.path][route.method.lower()]
    schema = operation["responses"][str(status)]["content"]["application/json"]["schema"]
    whole = {**schema, "components": _closed(described()["components"])}
    found = OAS31Validator(whole).iter_errors(json.loads(orjson.dumps(content)))
    return [f"{'/'.join(map(str, error.path))}: {error.message}" for error in found]


def _closed(schema: Any) -> Any:
    match schema:
        case {"properties": dict(), **_others} if "additionalProperties" not in schema:
            return {name: _closed(part) for name, part in schema.items()} | {
                "additionalProperties": False
            }
        case dict():
            return {name: _closed(part) for name, part in schema.items()}
        case list():
            return [_closed(part) for part in schema]
        case _:
            return schema
