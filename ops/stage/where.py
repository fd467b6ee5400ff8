"""Where a deployed API is, and how to get a key for it."""

from __future__ import annotations

from ops.stage.names import API_STAGE, Names


def api_url(names: Names, api_id: str) -> str:
    domain = "amazonaws.com.cn" if names.partition == "aws-cn" else "amazonaws.com"
    return f"https://{api_id}.execute-api.{names.region}.{domain}/{API_STAGE}"


def key_command(names: Names) -> str:
    """Printed instead of the key, which has no business in the log of a build."""
    return (
        f"aws apigateway get-api-keys --name-query {names.api_key} --include-values"
        # The query matches beginnings, too, and so the keys of stages that are called alike.
        f" --query \"items[?name=='{names.api_key}'].value | [0]\" --output text"
        f" --region {names.region}"
    )
