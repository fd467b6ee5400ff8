"""What a deployment is made of and where it goes."""

from __future__ import annotations

from dataclasses import dataclass, field

import boto3

from ops.kit.project import Project
from ops.stage.names import Names
from ops.stage.stages import Stage


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
