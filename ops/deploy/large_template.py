"""Templates that are too large for a call are read from the bucket of artefacts."""

from __future__ import annotations

import hashlib

from ops.stage.target import Target

# CloudFormation takes 51,200 bytes within a call, and a mebibyte from a bucket.
INLINE_BYTES = 51_200


def inline_or_uploaded(target: Target, stack: str, body: str) -> str:
    """Return the body of a template, or where it was uploaded when a call can't hold it."""
    content = body.encode()
    if len(content) <= INLINE_BYTES:
        return body
    names = target.names
    key = f"templates/{stack}-{hashlib.sha256(content).hexdigest()[:20]}.json"
    target.session.client("s3").put_object(Bucket=names.artefacts_bucket, Key=key, Body=content)
    domain = "amazonaws.com.cn" if names.partition == "aws-cn" else "amazonaws.com"
    return f"https://{names.artefacts_bucket}.s3.{names.region}.{domain}/{key}"
