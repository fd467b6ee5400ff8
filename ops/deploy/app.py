"""Step 2b: the functions, the API, the schedules and the event sources."""

from __future__ import annotations

import json

from botocore.exceptions import ClientError

from ops.deploy.package import Package
from ops.deploy.stack import DeployStack, Stack
from ops.deploy.target import Target
from ops.deploy.template import as_json


def deploy_app(target: Target, package: Package, layer_arn: str = "") -> Stack:
    key = f"app/{package.version}.zip"
    _upload(target, package, key)
    deploy = DeployStack(target.session.client("cloudformation"))
    return deploy(
        target.names.app_stack,
        app_body(package, f"s3://{target.names.artefacts_bucket}/{key}"),
        {"Stage": target.names.stage, "AnalyticsLayerArn": layer_arn},
    )


def app_body(package: Package, code_uri: str) -> str:
    template = json.loads(package.template.read_text())
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = code_uri
    return as_json(template)


def _upload(target: Target, package: Package, key: str) -> None:
    s3 = target.session.client("s3")
    bucket = target.names.artefacts_bucket
    try:
        s3.head_object(Bucket=bucket, Key=key)
    except ClientError as error:
        if error.response["Error"].get("Code") != "404":
            raise
        s3.put_object(Bucket=bucket, Key=key, Body=package.zip.read_bytes())
