"""The shared session describes services as boto3's own does."""

from __future__ import annotations

import boto3
import pytest
from botocore.exceptions import UnknownServiceError
from botocore.model import ServiceModel

from chalicelib.aws.session import session

pytestmark = pytest.mark.contract


def members_of(service: ServiceModel) -> dict[str, list[str]]:
    shapes = {name: service.operation_model(name).input_shape for name in service.operation_names}
    return {name: list(shape.members) for name, shape in shapes.items() if shape}


@pytest.mark.parametrize("service", ["dynamodb", "kinesis", "s3", "sqs"])
def test_a_service_has_the_same_operations(service: str) -> None:
    quick, usual = (made.client(service).meta for made in (session(), boto3.Session()))  # type: ignore[call-overload]

    assert quick.method_to_api_mapping == usual.method_to_api_mapping
    assert quick.endpoint_url == usual.endpoint_url
    assert members_of(quick.service_model) == members_of(usual.service_model)


def test_a_service_that_does_not_exist_is_refused_as_usual() -> None:
    with pytest.raises(UnknownServiceError):
        session().client("no-such-service")  # type: ignore[call-overload]
