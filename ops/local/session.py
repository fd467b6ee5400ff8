"""A boto3 session that can reach nothing but the local cloud."""

from __future__ import annotations

import os
from functools import cache
from typing import Any

import boto3
import botocore.session
from botocore.config import Config

# The key of the root user in MiniStack; it is not valid in AWS.
ACCESS_KEY = "test"
SECRET_KEY = "test"  # noqa: S105
ACCOUNT = "000000000000"
REGION = "us-east-1"


class _LoopbackSession(boto3.Session):
    """Every client has this endpoint, whatever the caller's environment and profiles say."""

    def __init__(self, endpoint: str) -> None:
        # A profile named in the environment may not exist, or may point elsewhere.
        variables = {
            "profile": (None, None, None, None),
            "config_file": (None, None, os.devnull, None),
            "credentials_file": (None, None, os.devnull, None),
        }
        super().__init__(
            aws_access_key_id=ACCESS_KEY,
            aws_secret_access_key=SECRET_KEY,
            region_name=REGION,
            botocore_session=botocore.session.Session(variables),
        )
        self._endpoint = endpoint

    def client(self, service_name: str, **options: Any) -> Any:  # type: ignore[override]
        config = Config(
            inject_host_prefix=False,
            proxies={},
            use_fips_endpoint=False,
            use_dualstack_endpoint=False,
            retries={"mode": "standard", "total_max_attempts": 4},
            s3={"addressing_style": "path"},
            max_pool_connections=32,
        )
        options = {"config": config, **options, "endpoint_url": self._endpoint}
        return super().client(service_name, **options)  # type: ignore[call-overload]


@cache
def local_session(endpoint: str) -> boto3.Session:
    return _LoopbackSession(endpoint)
