"""The newest layer of the region is found among all that are published."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import pytest

from ops.kit.errors import OperationFailed
from ops.packaging.layer import FOLDER, newest_layer

if TYPE_CHECKING:
    import boto3

ARN = "arn:aws:lambda:eu-west-1:336392948345:layer:AWSSDKPandas-Python312:{}"


@dataclass(frozen=True, slots=True)
class Published:
    """A session whose region publishes these parameters."""

    arns: dict[str, str]
    region_name: str = "eu-west-1"

    def client(self, _service: str) -> Published:
        return self

    def get_paginator(self, _operation: str) -> Published:
        return self

    def paginate(self, **_: object) -> Iterator[dict[str, Any]]:
        for name, value in self.arns.items():
            yield {"Parameters": [{"Name": f"{FOLDER}/{name}", "Value": value}]}


def newest(arns: dict[str, str]) -> str:
    return newest_layer(cast("boto3.Session", Published(arns)))


def test_the_newest_version_counts_by_its_numbers() -> None:
    arns = {
        "3.9.1/py3.12/x86_64/layer-arn": ARN.format(14),
        "3.16.1/py3.12/x86_64/layer-arn": ARN.format(26),
        "3.4.0/py3.12/x86_64/layer-arn": ARN.format(1),
    }

    assert newest(arns) == ARN.format(26)


def test_other_pythons_and_processors_do_not_count() -> None:
    arns = {
        "3.9.1/py3.12/x86_64/layer-arn": ARN.format(14),
        "3.16.1/py3.13/x86_64/layer-arn": ARN.format(99),
        "3.16.1/py3.12/arm64/layer-arn": ARN.format(98),
    }

    assert newest(arns) == ARN.format(14)


def test_a_name_may_have_the_region_in_it() -> None:
    assert newest({"3.4.0/eu-west-1/py3.12/x86_64/layer-arn": ARN.format(3)}) == ARN.format(3)


def test_a_region_without_any_is_told_of() -> None:
    with pytest.raises(OperationFailed, match="publishes no AWSSDKPandas") as failed:
        newest({})

    assert "--layer-arn" in failed.value.advice
