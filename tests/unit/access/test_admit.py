"""Which requests are admitted."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.access import Admission, Admit, KeyRing
from chalicelib.access.scopes import SCOPES, scopes_of
from chalicelib.model.scope import Scope
from tests.fakes import FakeKeys

KEYS = {f"key-of-{scope}": scope for scope in Scope}


def make_admit() -> Admit:
    return Admit(
        KeyRing(keys=FakeKeys(dict(KEYS)), timer=lambda: 0.0, fresh_s=30.0, stale_s=300.0)
    )


def make_request(method: str, route: str, headers: dict[str, str] | None = None) -> dict[str, Any]:
    return {"requestContext": {"httpMethod": method, "resourcePath": route}, "headers": headers}


@pytest.mark.parametrize("route", SCOPES, ids=" ".join)
@pytest.mark.parametrize(("key", "scope"), KEYS.items())
def test_a_key_is_admitted_where_its_scope_is_taken(
    route: tuple[str, str], key: str, scope: Scope
) -> None:
    admission = make_admit()(make_request(*route, {"X-Api-Key": key}))

    assert (admission.refusal is None) == (not SCOPES[route] or scope in SCOPES[route])


def test_an_admission_has_the_scope_of_the_key() -> None:
    admission = make_admit()(make_request("GET", "/runs", {"x-api-key": "key-of-admin"}))

    assert admission == Admission(Scope.ADMIN)


def test_a_route_that_is_not_in_the_table_takes_admin_keys_alone() -> None:
    assert scopes_of("DELETE", "/events") == {Scope.ADMIN}


@pytest.mark.parametrize("headers", [None, {}, {"X-Api-Key": ""}, {"Authorization": "key"}])
def test_a_request_without_a_key_is_refused(headers: dict[str, str] | None) -> None:
    refusal = make_admit()(make_request("POST", "/events", headers)).refusal

    assert refusal
    assert refusal.status == 403
    assert '"key_missing"' in refusal.body


@given(st.text(st.characters(exclude_categories=()), min_size=1))
def test_whatever_is_sent_as_a_key_is_refused_and_not_repeated(key: str) -> None:
    refusal = make_admit()(make_request("POST", "/events", {"X-Api-Key": key})).refusal

    assert refusal
    assert refusal.body == make_refused_body()
    assert refusal.line["codes"] == {"key_unknown": 1}


def make_refused_body() -> str:
    refusal = make_admit()(make_request("POST", "/events", {"X-Api-Key": "x"})).refusal
    assert refusal
    return refusal.body
