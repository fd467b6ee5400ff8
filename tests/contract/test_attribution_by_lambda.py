"""The API asks the function in the database's network, and understands what it answers."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.response import StreamingBody
from botocore.stub import Stubber

from chalicelib.aws.attribution_reports import LambdaGroupedCredits
from chalicelib.errors import AttributionOff, StoreUnavailable, TookTooLong
from chalicelib.model.attribution_report import GroupBy, GroupedCredits, Model, ReportQuestion
from tests.unit.query.test_read_attribution import make_row

if TYPE_CHECKING:
    from mypy_boto3_lambda.client import LambdaClient

pytestmark = pytest.mark.contract

FUNCTION = "eventstream-dev-report_attribution"
QUESTION = ReportQuestion(
    model=Model.TIME_DECAY,
    group_by=GroupBy.SOURCE,
    first_ms=1,
    end_ms=2,
    half_life_ms=3,
    most=4,
)


@pytest.fixture
def client() -> LambdaClient:
    return boto3.client("lambda", region_name="us-east-1")


@pytest.fixture
def lambda_(client: LambdaClient) -> Iterator[Stubber]:
    with Stubber(client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


def answer_with(lambda_: Stubber, content: object, **more: Any) -> None:
    body = json.dumps(content).encode()
    payload = StreamingBody(io.BytesIO(body), len(body))
    sent = json.dumps(QUESTION.to_json(), separators=(",", ":")).encode()
    expected = {"FunctionName": FUNCTION, "Payload": sent}
    lambda_.add_response("invoke", {"StatusCode": 200, "Payload": payload, **more}, expected)


def test_a_question_is_sent_and_its_rows_are_read(client: LambdaClient, lambda_: Stubber) -> None:
    credits_ = GroupedCredits([make_row()], 5)
    answer_with(lambda_, credits_.to_json())

    assert LambdaGroupedCredits(client, FUNCTION).read(QUESTION) == credits_


def test_a_question_survives_its_way() -> None:
    assert ReportQuestion.from_json(json.loads(json.dumps(QUESTION.to_json()))) == QUESTION


@pytest.mark.parametrize(
    ("content", "more", "error"),
    [
        ({"problem": "took_too_long"}, {}, TookTooLong),
        ({"problem": "unavailable", "reason": "gone"}, {}, StoreUnavailable),
        ({"errorMessage": "timed out"}, {"FunctionError": "Unhandled"}, StoreUnavailable),
    ],
    ids=["too long", "away", "a bug or a timeout"],
)
def test_a_problem_is_an_error_of_ours(
    client: LambdaClient,
    lambda_: Stubber,
    content: object,
    more: dict[str, str],
    error: type[Exception],
) -> None:
    answer_with(lambda_, content, **more)

    with pytest.raises(error):
        LambdaGroupedCredits(client, FUNCTION).read(QUESTION)


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("ResourceNotFoundException", AttributionOff),
        ("TooManyRequestsException", StoreUnavailable),
    ],
)
def test_a_function_that_is_missing_or_busy(
    client: LambdaClient, lambda_: Stubber, code: str, error: type[Exception]
) -> None:
    lambda_.add_client_error("invoke", code)

    with pytest.raises(error):
        LambdaGroupedCredits(client, FUNCTION).read(QUESTION)


def test_nothing_is_tried_twice() -> None:
    config: Any = LambdaGroupedCredits.open(FUNCTION).client.meta.config

    assert config.retries == {"mode": "standard", "total_max_attempts": 1}
