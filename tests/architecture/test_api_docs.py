"""The API's document is checked against the code, so that it can't rot."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app import app
from chalicelib.model.code import API_ONLY, STREAM_ONLY, Code
from chalicelib.model.event import ClientEvent, Rejected, check_client_event
from chalicelib.model.properties import KNOWN
from tests.builders import make_client_event

TEXT = (Path(__file__).parents[2] / "docs" / "api.md").read_text()


def rows(heading: str) -> list[list[str]]:
    """Return the cells of the table under a heading, without its own head."""
    section = TEXT.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip().strip("`") for cell in line.split("|")[1:-1]] for line in lines[2:]]


def test_every_error_code_is_explained_with_where_it_occurs() -> None:
    documented = {code: occurs for code, occurs, _ in rows("Error codes")}

    assert documented == {
        code.value: "API" if code in API_ONLY else "stream" if code in STREAM_ONLY else "both"
        for code in Code
    }


def required(event: dict[str, object]) -> set[str]:
    """Return the fields that are missed in an event."""
    with pytest.raises(Rejected) as caught:
        check_client_event(event)
    return {p.field for p in caught.value.problems if p.code is Code.MISSING_FIELD}


def test_every_field_of_an_event_is_explained() -> None:
    documented = {name: needed == "yes" for name, needed, _ in rows("Fields of an event")}

    assert documented.keys() == ClientEvent.__annotations__.keys()
    assert {name for name, needed in documented.items() if needed} == required({})


@pytest.mark.parametrize("event_type", KNOWN)
def test_every_property_of_a_known_type_is_explained(event_type: str) -> None:
    documented = {
        name: needed == "yes"
        for of_type, name, needed, _ in rows("Known types")
        if of_type in (event_type, "any of these")
    }

    assert documented.keys() == KNOWN[event_type].__annotations__.keys()
    # Without a source, so that even a type that requires no property is refused.
    missed = required(make_client_event(event_type=event_type, properties={}, source=...))
    assert {f"properties.{n}" for n, needed in documented.items() if needed} | {"source"} == missed


def test_every_route_is_listed() -> None:
    listed = re.findall(r"^\| `([A-Z]+) (/\S+)`", TEXT, re.MULTILINE)

    assert set(listed) == {(verb, path) for path, verbs in app.routes.items() for verb in verbs}
