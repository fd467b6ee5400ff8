"""What the doctor finds wrong with keys and usage plans."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.access.digest import digest_of
from chalicelib.model.scope import Scope
from ops.doctor.keys import Keys, Plan, problems
from ops.keys.key import GatewayKey, ListedKey

VALUE = "esw_value"
LISTED = ListedKey(
    name="page",
    scope=Scope.WRITE,
    digest=digest_of(VALUE),
    gateway_id="id-1",
    created_at="2026-11-20T12:00:00.000Z",
)
IN_GATEWAY = GatewayKey("id-1", "page", VALUE)
WRITERS = Plan("eventstream-dev-abc", Scope.WRITE, frozenset({"id-1"}))
OTHER = replace(LISTED, name="other", digest="d", gateway_id="id-2", retired_at="2026-11-20")


def make_keys(**changes: object) -> Keys:
    sound = {"listed": [LISTED], "in_gateway": [IN_GATEWAY], "plans": [WRITERS]}
    return Keys(**(sound | changes))  # type: ignore[arg-type]  # each field's own


def test_sound_keys_have_no_problems() -> None:
    assert list(problems(make_keys())) == []
    assert list(problems(make_keys(listed=[LISTED, OTHER]))) == []


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"plans": [replace(WRITERS, key_ids=frozenset())]}, "page is on no usage plan"),
        ({"plans": [replace(WRITERS, has_stage=False)]}, "abc is on no stage"),
        ({"plans": [replace(WRITERS, has_limits=False)]}, "abc has other limits"),
        ({"in_gateway": []}, "API Gateway does not have it"),
        ({"in_gateway": [replace(IN_GATEWAY, is_enabled=False)]}, "page is disabled"),
        ({"in_gateway": [replace(IN_GATEWAY, value="another")]}, "page has another value"),
        (
            {"in_gateway": [IN_GATEWAY, GatewayKey("id-9", "stranger", "v")]},
            "stranger (ID id-9) is in API Gateway, but not listed",
        ),
        (
            {"plans": [WRITERS, replace(WRITERS, name="p", scope=Scope.ADMIN)]},
            "page of scope write is on the usage plan of scope admin",
        ),
        (
            {"listed": [LISTED, OTHER], "in_gateway": [IN_GATEWAY, GatewayKey("id-2", "o", "v")]},
            "other is retired, but API Gateway still has it",
        ),
        (
            {
                "listed": [replace(LISTED, scope=Scope.ADMIN)],
                "plans": [replace(WRITERS, scope=Scope.ADMIN)],
            },
            "page, by its prefix of scope write, is listed as admin",
        ),
        (
            {"listed": [replace(LISTED, scope=Scope.READ)], "plans": []},
            "no key in use has the scope write",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_wrong_is_found(changes: dict[str, object], sentence: str) -> None:
    found = list(problems(make_keys(**changes)))

    assert any(sentence in one for one in found), found
