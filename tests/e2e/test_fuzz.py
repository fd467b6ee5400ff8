"""Generated requests: no answer is a fault, and each has the shape that the document promises.

`pytest tests/e2e/test_fuzz.py --fuzz-cases 20000` sends more of them.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks

from chalicelib.query.event_schema import EVENT
from ops.local.cloud import Cloud
from tests.e2e.fuzz_world import CHANGED, Known, seed
from tests.unit.query.conformity import described

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

load_all_checks()
CONFORMS = CHECKS.get_by_names(
    [
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_schema_conformance",
    ]
)


def generable() -> dict[str, Any]:
    """Return the document without the rules of known types, which no generator understands.

    The schemas of answers are complete.
    """
    document = copy.deepcopy(described())
    del document["components"]["schemas"][EVENT]["allOf"]
    return document


DOCUMENT: Any = schemathesis.openapi.from_dict(generable())
OPERATIONS: list[Any] = [found.ok() for found in DOCUMENT.get_all_operations()]
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
# Of these, Hypothesis finds only a few requests that differ.
FIXED = {"/health", "/openapi.json", "/freshness"}
N_VARIED = sum(operation.path not in FIXED for operation in OPERATIONS)


@pytest.fixture(scope="module")
def known(cloud: Cloud) -> Known:
    return seed(cloud)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
def test_every_answer_conforms_to_the_document(
    cloud: Cloud, known: Known, operation: Any, fuzz_cases: int
) -> None:
    key = key_of(cloud, operation)

    @settings(
        max_examples=-(-fuzz_cases // N_VARIED),
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases(operation, known))
    def check(case: Any) -> None:
        # The web server itself refuses such a header, with an empty answer.
        assume(all(str(value).isprintable() for value in (case.headers or {}).values()))
        answer = case.call(base_url=cloud.api_url, headers={"X-Api-Key": key})
        case.validate_response(answer, checks=CONFORMS)

    check()


@st.composite
def cases(draw: st.DrawFn, operation: Any, known: Known) -> Any:
    """Generate a request, valid or not; half of the values that can name something do."""
    case = draw(st.one_of([operation.as_strategy(generation_mode=mode) for mode in MODES]))
    is_put = operation.method.lower() == "put"
    for declared, given_values in (
        (operation.path_parameters, case.path_parameters),
        (operation.query, case.query),
    ):
        for name in [parameter.name for parameter in declared]:
            # What the seed put stays as it is, whatever the order of tests.
            values: Sequence[object] = CHANGED if is_put else known.get(name, ())
            is_named = draw(st.booleans())
            if values and is_named:
                given_values[name] = draw(st.sampled_from(values))
    return case


def key_of(cloud: Cloud, operation: Any) -> str:
    """Return the least key that opens a route, whatever the request does."""
    method = operation.method.lower()
    if method == "get":
        return cloud.read_key
    return cloud.admin_key if operation.path.startswith("/experiments") else cloud.api_key
