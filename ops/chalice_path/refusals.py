"""Let a page of the allowed origin read what API Gateway itself refuses, such as a 429."""

from __future__ import annotations

import json
from typing import Literal

from botocore.exceptions import ClientError

from ops.stage.names import API_STAGE
from ops.stage.target import Target

Kind = Literal["DEFAULT_4XX", "DEFAULT_5XX"]
KINDS: tuple[Kind, ...] = ("DEFAULT_4XX", "DEFAULT_5XX")


def show_refusals(target: Target, api_id: str) -> bool:
    """Do as the overlay does on the package path; whether anything had to be changed."""
    gateway = target.session.client("apigateway")
    wanted = wanted_responses(target)
    changed = {
        kind: headers
        for kind, headers in wanted.items()
        if _headers(target, api_id, kind) != headers
    }
    for kind, headers in changed.items():
        gateway.put_gateway_response(
            restApiId=api_id,
            responseType=kind,
            responseParameters=headers,
        )
    if changed:
        gateway.create_deployment(restApiId=api_id, stageName=API_STAGE)
    return bool(changed)


def wanted_responses(target: Target) -> dict[Kind, dict[str, str]]:
    """As the overlay has them, for the origin that the functions are configured with."""
    overlay = json.loads(target.project.app_overlay.read_text())
    responses = overlay["Resources"]["RestAPI"]["Properties"]["GatewayResponses"]
    variables = target.project.config["stages"][target.names.stage]["environment_variables"]
    origin = variables.get("CORS_ALLOW_ORIGIN", "*")
    return {
        kind: {
            f"gatewayresponse.header.{name}": _text(value).replace("${CorsAllowOrigin}", origin)
            for name, value in responses[kind]["ResponseParameters"]["Headers"].items()
        }
        for kind in KINDS
    }


def _headers(target: Target, api_id: str, kind: Kind) -> dict[str, str]:
    try:
        found = target.session.client("apigateway").get_gateway_response(
            restApiId=api_id, responseType=kind
        )
    except ClientError as error:
        # AWS answers with the default one; others say that there is none.
        if error.response["Error"].get("Code") != "NotFoundException":
            raise
        return {}
    return dict(found.get("responseParameters", {}))


def _text(value: str | dict[str, str]) -> str:
    return value if isinstance(value, str) else value["Fn::Sub"]
