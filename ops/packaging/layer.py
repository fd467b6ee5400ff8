"""The AWS-managed layer with pyarrow and numpy, as its region publishes it."""

from __future__ import annotations

import re
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from ops.kit.errors import OperationFailed

FOLDER = "/aws/service/aws-sdk-pandas"
_NAME = re.compile(r"/(?P<version>\d+(?:\.\d+)+)/(?:[\w-]+/)?py3\.12/x86_64/layer-arn$")
_ADVICE = (
    "Name it with --layer-arn; the list is at"
    " https://aws-sdk-pandas.readthedocs.io/en/stable/layers.html (Python 3.12, x86_64)."
)


def newest_layer(session: boto3.Session) -> str:
    """The ARN of the newest one.

    Raises:
        OperationFailed: the region publishes none, or can't be asked.
    """
    # Its types are not installed for the sake of one call.
    ssm: Any = session.client("ssm")
    pages = ssm.get_paginator("get_parameters_by_path").paginate(Path=FOLDER, Recursive=True)
    try:
        found = {str(p["Name"]): str(p["Value"]) for page in pages for p in page["Parameters"]}
    except (BotoCoreError, ClientError) as error:
        raise OperationFailed(f"The layer could not be looked up: {error}", _ADVICE) from error
    arns = [
        (_order(match["version"]), arn)
        for name, arn in found.items()
        if (match := _NAME.search(name)) and f":{session.region_name}:" in arn
    ]
    if not arns:
        raise OperationFailed(
            f"{session.region_name} publishes no AWSSDKPandas layer for Python 3.12.", _ADVICE
        )
    return max(arns)[1]


def _order(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))
