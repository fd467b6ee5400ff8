"""The OpenAPI document, made of the table of routes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from chalicelib.query.event_schema import EVENT, batch_schema, event_schemas
from chalicelib.query.parameters import Parameter
from chalicelib.query.pipeline_shapes import OpenApi
from chalicelib.query.route import Answer, Route
from chalicelib.query.schemas import REF, schemas_of

_KEY = "ApiKey"
_DESCRIPTION = (
    "Store events, and read what became of them. All times are UTC. Ranges include `from` and not"
    " `to`."
)
_HEADERS = {
    "ETag": "Names the body; send it as `If-None-Match` to be answered only when it has changed.",
    "Cache-Control": "For how long the answer may be kept.",
    "Retry-After": "How many seconds to wait before the request is sent again.",
}
_IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "description": "The `ETag` of an answer that the client has; 304 says that it is current.",
    "schema": {"type": "string"},
}

_PRECONDITIONS = (
    {
        "name": "If-None-Match",
        "in": "header",
        "description": "`*` creates it, and fails if it exists.",
        "schema": {"type": "string", "const": "*"},
    },
    {
        "name": "If-Match",
        "in": "header",
        "description": "The `ETag` of the version to replace; it fails if another is current.",
        "schema": {"type": "string"},
    },
)


def document(routes: Sequence[Route], max_batch_events: int) -> OpenApi:
    """Describe every route: parameters, bodies, answers, and the scopes of keys."""
    shapes = {shape.__name__: shape for shape in _shapes(routes)}
    references, components = schemas_of(shapes)
    paths: dict[str, dict[str, object]] = {}
    for route in routes:
        operation = _operation(route, references, max_batch_events)
        paths.setdefault(route.path, {})[route.method.lower()] = operation
    return {
        "openapi": "3.1.0",
        "info": {"title": "EventStream", "version": "1", "description": _DESCRIPTION},
        # Relative to the document itself.
        "servers": [{"url": "."}],
        "paths": {**paths},
        "components": {
            "schemas": {**components, **event_schemas()},
            "securitySchemes": {_KEY: {"type": "apiKey", "in": "header", "name": "X-Api-Key"}},
        },
    }


def _shapes(routes: Iterable[Route]) -> Iterator[Any]:
    for route in routes:
        if isinstance(route.body, type):
            yield route.body
        for answer in route.answers.values():
            yield from answer.shapes


def _operation(
    route: Route, references: Mapping[str, Any], max_batch_events: int
) -> dict[str, object]:
    body = {"requestBody": _body(route, references, max_batch_events)} if route.body else {}
    description = {"description": route.description} if route.description else {}
    return {
        "operationId": route.name,
        "summary": route.summary,
        **description,
        # Any one of them will do.
        "security": [{_KEY: [scope]} for scope in sorted(route.scopes)],
        "parameters": [*_parameters(route)],
        **body,
        "responses": {
            str(status): _response(answer, references)
            for status, answer in sorted(route.answers.items())
        },
    }


def _parameters(route: Route) -> Iterator[Mapping[str, object]]:
    yield from map(_parameter, route.parameters)
    if 304 in route.answers:
        yield _IF_NONE_MATCH
    if 428 in route.answers:
        yield from _PRECONDITIONS


def _parameter(parameter: Parameter[Any]) -> Mapping[str, object]:
    schema = dict(parameter.kind.schema)
    if parameter.default and not parameter.is_required:
        schema["default"] = parameter.default
    return {
        "name": parameter.name,
        "in": parameter.place,
        "description": parameter.description,
        "required": parameter.is_required,
        "schema": schema,
    }


def _body(
    route: Route, references: Mapping[str, Any], max_batch_events: int
) -> Mapping[str, object]:
    match route.body:
        case "event":
            schema: Mapping[str, object] = {"$ref": f"{REF}{EVENT}"}
        case "batch":
            schema = batch_schema(max_batch_events)
        case _:
            schema = references[route.body.__name__]
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def _response(answer: Answer, references: Mapping[str, Any]) -> Mapping[str, object]:
    schemas = [references[shape.__name__] for shape in answer.shapes]
    schema = schemas[0] if len(schemas) == 1 else {"anyOf": schemas}
    content = {"content": {"application/json": {"schema": schema}}} if schemas else {}
    headers = {
        name: {"description": _HEADERS[name], "schema": {"type": "string"}}
        for name in answer.headers
    }
    return {
        "description": answer.description,
        **content,
        **({"headers": headers} if headers else {}),
    }
