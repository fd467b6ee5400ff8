"""Templates that are too large to be sent inline, uploaded for CloudFormation to read."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

# The quota of CreateStack's TemplateBody; one behind a TemplateURL may have a megabyte.
MAX_INLINE_BYTES = 51_200


@dataclass(frozen=True, slots=True)
class UploadTemplate:
    """Keeps each version under a name of its own, so that a stack's update never reads another."""

    s3: S3Client
    bucket: str
    region: str
    domain: str = "amazonaws.com"

    def __call__(self, stack: str, body: str) -> str:
        """Upload a template and return its URL."""
        key = f"templates/{stack}-{hashlib.sha256(body.encode()).hexdigest()[:16]}.json"
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=body.encode())
        return f"https://s3.{self.region}.{self.domain}/{self.bucket}/{key}"
