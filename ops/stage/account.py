"""The AWS account that a command works on, as the caller's own AWS settings name it."""

from __future__ import annotations

import boto3
from botocore.exceptions import ClientError, NoCredentialsError, ProfileNotFound

from ops.kit.errors import OperationFailed
from ops.kit.project import Project
from ops.stage.stages import LOCAL, read_stage
from ops.stage.target import Target

_SIGN_IN = "Sign in first: `aws configure`, `aws sso login`, or AWS_PROFILE=<profile>."


def aws_target(stage: str, project: Project, region: str | None = None) -> Target:
    """A stage in the caller's account.

    Raises:
        OperationFailed: no region, no credentials, or none that AWS takes.
    """
    known = project.config["stages"]
    if stage not in known:
        raise OperationFailed(f"There is no stage {stage}.", f"There are: {', '.join(known)}.")
    refuse_the_local_stage(stage)
    return Target.of(_session(region), read_stage(project, stage), project)


def refuse_the_local_stage(stage: str) -> None:
    if stage == LOCAL.name:
        raise OperationFailed(
            "The stage local is the local cloud's.", "`python -m ops up` deploys it."
        )


def _session(region: str | None) -> boto3.Session:
    try:
        session = boto3.Session(region_name=region)
        if not session.region_name:
            raise OperationFailed("No AWS region is set.", "Name one with --region.")
        session.client("sts").get_caller_identity()
    except (ClientError, NoCredentialsError, ProfileNotFound) as error:
        raise OperationFailed(f"AWS doesn't know you: {error}", _SIGN_IN) from error
    return session
