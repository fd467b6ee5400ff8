"""The deployed stage that a command works on: the local cloud's, or one in AWS."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Protocol

import typer

from ops.stage.names import Names
from ops.stage.stages import LOCAL

if TYPE_CHECKING:
    import boto3

AnyStage = Annotated[
    str,
    typer.Option("--stage", help="Stage: `local` for the local cloud, otherwise a stage in AWS."),
]
LOCAL_STAGE = LOCAL.name


class Reached(Protocol):
    """The names of its resources, and a session for AWS or the local cloud."""

    @property
    def session(self) -> boto3.Session: ...
    @property
    def names(self) -> Names: ...


def reach(stage: str, region: str | None, state: Path) -> Reached:
    """Find a stage; `region` is for AWS alone, and `state` for the local cloud.

    Raises:
        OperationFailed: the local cloud is not running, there is no such stage, or AWS rejects
            the credentials.
    """
    if stage == LOCAL_STAGE:
        from ops.local.cloud import Cloud
        from ops.local.home import Home

        return Cloud.load(Home(state.resolve()))
    from ops.kit.project import Project
    from ops.stage.target import aws_target

    return aws_target(stage, Project(), region)
