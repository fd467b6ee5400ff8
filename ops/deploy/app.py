"""The stack of functions, API, schedules and event sources, on the package path."""

from __future__ import annotations

import json
from collections.abc import Mapping

from botocore.exceptions import ClientError

from ops.cloudformation.preview import preview
from ops.cloudformation.stack import DeployStack, Stack, find_stack, outputs_of, parameters_of
from ops.cloudformation.template import as_json
from ops.deploy.changeover import Changeover, functions_attribute
from ops.deploy.event_sources import max_age_s
from ops.kit.errors import OperationFailed
from ops.packaging.app_event_sources import MAX_AGE
from ops.packaging.app_throttle import BURST, RATE
from ops.packaging.chalice_config import DatabaseNetwork
from ops.packaging.layer import newest_layer
from ops.packaging.package import Package
from ops.stage.target import Target

# From where the functions of attribution begin to read, in seconds since 1970.
STARTS_AT, OLDEST = "AttributionStartsAt", "0"
NO_URLS: Mapping[str, str] = {"DatabaseUrl": "", "DatabaseReaderUrl": ""}


def deploy_app(
    target: Target,
    package: Package,
    layer_arn: str = "",
    database: DatabaseNetwork | None = None,
    database_urls: Mapping[str, str] = NO_URLS,
    starts_at: str = OLDEST,
) -> Stack:
    upload(target, package)
    deploy = DeployStack(target.session.client("cloudformation"), target.upload_template)
    return deploy(
        target.names.app_stack,
        app_body(package, _code_uri(target, package)),
        {
            **NO_URLS,
            **database_urls,
            STARTS_AT: starts_at,
            **_parameters(target, layer_arn, database),
        },
    )


def preview_app(
    target: Target,
    package: Package,
    layer_arn: str,
    database: DatabaseNetwork | None = None,
    starts_at: str = OLDEST,
) -> list[str]:
    upload(target, package)
    return preview(
        target.session.client("cloudformation"),
        target.names.app_stack,
        app_body(package, _code_uri(target, package)),
        {STARTS_AT: starts_at, **_parameters(target, layer_arn, database)},
        target.upload_template,
    )


def functions_start(changeover: Changeover) -> str:
    """Return where the functions of attribution begin; those that are deployed keep their place.

    An event source whose position changes is replaced, and would read everything after it again.

    Raises:
        OperationFailed: the streams may have lost records since.
    """
    target = changeover.target
    if not target.stage.attributes_by_function:
        return OLDEST
    if functions_attribute(target):
        stack = find_stack(target.session.client("cloudformation"), target.names.app_stack)
        return parameters_of(stack).get(STARTS_AT, OLDEST) if stack else OLDEST
    position_ms = changeover.position_ms()
    return OLDEST if position_ms is None else str(position_ms // 1000)


def _parameters(
    target: Target, layer_arn: str, database: DatabaseNetwork | None
) -> dict[str, str]:
    return {
        "Stage": target.names.stage,
        "AnalyticsLayerArn": layer_arn,
        MAX_AGE: str(min(max_age_s(target, stream) for stream in target.stage.streams)),
        RATE: str(target.stage.keyless_rate_per_s),
        BURST: str(target.stage.keyless_burst),
        **(_reaching(database) if database else {}),
        **target.stage.app,
    }


def _reaching(database: DatabaseNetwork) -> dict[str, str]:
    return {
        "DatabaseHost": database.host,
        "DatabaseSubnetIds": ",".join(database.subnet_ids),
        "DatabaseSecurityGroupIds": ",".join(database.security_group_ids),
    }


def _code_uri(target: Target, package: Package) -> str:
    return f"s3://{target.names.artefacts_bucket}/{_key(package)}"


def _key(package: Package) -> str:
    return f"app/{package.version}.zip"


def app_layer(target: Target, asked: str | None) -> str:
    """Return the layer asked for, otherwise the deployed one, otherwise the region's newest."""
    stack = find_stack(target.session.client("cloudformation"), target.names.app_stack)
    deployed = parameters_of(stack).get("AnalyticsLayerArn", "") if stack else ""
    return asked or deployed or newest_layer(target.session)


def app_api(target: Target) -> str:
    """Return the ID of the stack's REST API.

    Raises:
        OperationFailed: the stack does not exist.
    """
    stack = find_stack(target.session.client("cloudformation"), target.names.app_stack)
    if stack is None:
        stage = target.names.stage
        raise OperationFailed(
            f"Stage {stage} has no app yet.", f"Run `python -m ops deploy --stage {stage}`."
        )
    return outputs_of(stack)["RestAPIId"]


def app_body(package: Package, code_uri: str) -> str:
    template = json.loads(package.template.read_text())
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = code_uri
    return as_json(template)


def upload(target: Target, package: Package) -> None:
    s3 = target.session.client("s3")
    bucket, key = target.names.artefacts_bucket, _key(package)
    try:
        s3.head_object(Bucket=bucket, Key=key)
    except ClientError as error:
        if error.response["Error"].get("Code") != "404":
            raise
        s3.put_object(Bucket=bucket, Key=key, Body=package.zip.read_bytes())
