from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openapi_spec_validator import OpenAPIV31SpecValidator

from chalicelib.model.event import Rejected, check_client_event
from chalicelib.model.properties import KNOWN
from chalicelib.model.scope import Scope
from chalicelib.query import found
from chalicelib.query.describe_api import DescribeApi
from chalicelib.query.event_schema import EVENT
from chalicelib.query.kinds import Kind
from chalicelib.query.parameters import Parameter
from chalicelib.query.refused import Wrong
from chalicelib.query.route import Route
from chalicelib.query.routes import OPENAPI, ROUTES
from chalicelib.query.schemas import REF
from tests.builders import make_client_event
from tests.unit.query.builders import make_asked
from tests.unit.query.conformity import complaints, described

PARAMETERS = [(route, parameter) for route in ROUTES for parameter in route.parameters]


def test_the_document_is_valid_openapi() -> None:
    errors = list(OpenAPIV31SpecValidator(described()).iter_errors())

    assert errors == []


def test_no_two_shapes_have_one_name() -> None:
    # Pydantic tells such apart by the names of their modules.
    assert [name for name in described()["components"]["schemas"] if "__" in name] == []


def test_every_route_has_an_operation() -> None:
    operations = {
        (method.upper(), path) for path, item in described()["paths"].items() for method in item
    }

    assert operations == {(route.method, route.path) for route in ROUTES}
    assert len({route.name for route in ROUTES}) == len(ROUTES)


def test_the_answer_is_the_document_and_may_be_kept() -> None:
    read = DescribeApi(ROUTES, 500)(make_asked(OPENAPI))

    assert json.loads(json.dumps(read.content)) == described()
    assert read.max_age_s == found.FINAL


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_the_document_says_which_keys_a_route_takes(route: Route) -> None:
    operation = described()["paths"][route.path][route.method.lower()]

    assert operation["security"] == [{"ApiKey": [scope]} for scope in sorted(route.scopes)]


def test_only_health_and_the_document_take_no_key() -> None:
    assert [route.name for route in ROUTES if not route.scopes] == ["health", "openapi"]
    assert all(Scope.ADMIN in route.scopes for route in ROUTES if route.scopes)


@pytest.mark.parametrize(
    ("route", "parameter"), PARAMETERS, ids=lambda value: getattr(value, "name", "")
)
def test_the_default_of_a_parameter_conforms_to_its_schema(
    route: Route, parameter: Parameter[Any]
) -> None:
    [shown] = [
        one
        for one in described()["paths"][route.path][route.method.lower()]["parameters"]
        if one["name"] == parameter.name
    ]

    assert shown["required"] == parameter.is_required
    if "default" in shown["schema"]:
        assert complaints(shown["schema"], shown["schema"]["default"]) == []


@pytest.mark.parametrize(
    ("route", "parameter"), PARAMETERS, ids=lambda value: getattr(value, "name", "")
)
@given(data=st.data())
def test_what_a_schema_excludes_is_refused(
    route: Route, parameter: Parameter[Any], data: st.DataObject
) -> None:
    text = data.draw(st.text(max_size=5))
    value: object = [text] if parameter.kind.is_list else text
    if "integer" in parameter.kind.schema.values():
        value = int(text) if text.isascii() and text.isdigit() else text

    if complaints(parameter.kind.schema, value):
        assert is_refused(parameter.kind, text)


def is_refused(kind: Kind[object], text: str) -> bool:
    try:
        kind.read(text)
    except Wrong:
        return True
    return False


events = st.builds(
    make_client_event,
    event_type=st.sampled_from([*KNOWN, "sign_up", "Sign Up", ...]),
    source=st.sampled_from(["web", "", 5]),
    user_id=st.sampled_from(["usr_1", None]),
    session_id=st.sampled_from(["ses_1", ...]),
    colour=st.sampled_from(["red", *[...] * 9]),
    event_id=st.sampled_from(["ev-1", "ev 1", *[...] * 3]),
    timestamp=st.sampled_from(["2026-11-20T12:00:00Z", 1_795_255_200_000, *[...] * 3]),
    properties=st.dictionaries(
        st.sampled_from(
            ["page", "amount", "currency", "duration_ms", "status_code", "severity", "name"]
        ),
        st.sampled_from(["/", 5, 250, -1, "EUR", "EURO", "error", True]),
    )
    | st.sampled_from([..., 5]),
)


@given(events)
def test_an_event_conforms_to_its_schema_when_ingest_takes_it(event: Mapping[str, object]) -> None:
    says = complaints({"$ref": f"{REF}{EVENT}"}, event)
    try:
        check_client_event(event)
    except Rejected:
        assert says
    else:
        # What ingest asks of its time, it asks where it knows the time.
        lacks_time = "event_id" in event and "timestamp" not in event
        assert bool(says) == lacks_time


def test_a_batch_conforms_as_an_array_or_an_object() -> None:
    batch = described()["paths"]["/events/batch"]["post"]["requestBody"]
    schema = batch["content"]["application/json"]["schema"]
    event = make_client_event()

    assert complaints(schema, [event]) == complaints(schema, {"events": [event]}) == []
    assert complaints(schema, [])
    assert complaints(schema, {"events": []})
    assert complaints(schema, {"events": [event], "colour": "red"})
    assert complaints(schema, [event] * 501)
