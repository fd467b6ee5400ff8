"""The stage that a command works on, in one account and region."""

from __future__ import annotations

from dataclasses import dataclass, field

import boto3
from botocore.exceptions import ClientError, NoCredentialsError, ProfileNotFound

from ops.cloudformation.upload import UploadTemplate
from ops.kit.errors import OperationFailed
from ops.kit.project import Project
from ops.stage.names import Names
from ops.stage.stages import LOCAL, Stage, read_stage
from ops.stage.triggers import functions_of

_SIGN_IN = "Sign in first: `aws configure`, `aws sso login`, or AWS_PROFILE=<profile>."


@dataclass(frozen=True, slots=True)
class Target:
    session: boto3.Session
    stage: Stage
    names: Names
    project: Project = field(default_factory=Project)

    @classmethod
    def of(cls, session: boto3.Session, stage: Stage, project: Project) -> Target:
        account = session.client("sts").get_caller_identity()["Account"]
        region = session.region_name
        names = Names(stage.name, account, region, session.get_partition_for_region(region))
        return cls(session=session, stage=stage, names=names, project=project)

    @property
    def upload_template(self) -> UploadTemplate:
        names = self.names
        domain = "amazonaws.com.cn" if names.partition == "aws-cn" else "amazonaws.com"
        s3 = self.session.client("s3")
        return UploadTemplate(s3, names.artefacts_bucket, names.region, domain)

    @property
    def functions(self) -> tuple[str, ...]:
        """The functions of the project by their names in AWS."""
        return tuple(map(self.names.chalice_function, functions_of(self.project, self.stage)))


def aws_target(stage: str, project: Project, region: str | None = None) -> Target:
    """Find a stage in the caller's own AWS account.

    Raises:
        OperationFailed: there is no such stage, no region is set, or AWS rejects the credentials.
    """
    project.stage_config(stage)
    refuse_the_local_stage(stage)
    return Target.of(_session(region), read_stage(project, stage), project)


def refuse_the_local_stage(stage: str) -> None:
    if stage == LOCAL.name:
        raise OperationFailed(
            "The stage local belongs to the local cloud.", "Deploy it with `python -m ops up`."
        )


def _session(region: str | None) -> boto3.Session:
    try:
        session = boto3.Session(region_name=region)
        if not session.region_name:
            raise OperationFailed("No AWS region is set.", "Set one with --region.")
        session.client("sts").get_caller_identity()
    except (ClientError, NoCredentialsError, ProfileNotFound) as error:
        raise OperationFailed(f"AWS rejected your credentials: {error}", _SIGN_IN) from error
    return session
