"""The account, region and layer that a stage is configured with, from options or from AWS."""

from __future__ import annotations

import boto3

from ops.chalice_path.write_config import literals_for
from ops.kit.errors import OperationFailed
from ops.kit.project import Project
from ops.packaging.chalice_config import Literals
from ops.packaging.layer import newest_layer
from ops.stage.places import Place
from ops.stage.stages import read_stage
from ops.stage.target import aws_target, refuse_the_local_stage


def read_literals(
    project: Project, stage: str, account: str | None, region: str | None, layer_arn: str | None
) -> Literals:
    """Complete the given literals from AWS, which is not called when all are given.

    Raises:
        OperationFailed: the account ID is not valid or not that of the caller's credentials.
    """
    refuse_the_local_stage(stage)
    if account and region and layer_arn and layer_arn != "newest":
        return _given(project, stage, account, region, layer_arn)
    target = aws_target(stage, project, region)
    if layer_arn == "newest":
        layer_arn = newest_layer(target.session)
    if account not in {None, target.names.account}:
        raise OperationFailed(
            f"You are signed in to account {target.names.account}, not {account}.",
            "Sign in to the other account, or omit --account.",
        )
    return literals_for(target, layer_arn)


def _given(project: Project, stage: str, account: str, region: str, layer_arn: str) -> Literals:
    if not (account.isdecimal() and len(account) == 12):
        raise OperationFailed(
            f"{account} is not a valid account ID.", "An account ID has twelve digits."
        )
    partition = boto3.Session().get_partition_for_region(region)
    own = read_stage(project, stage)
    place = Place(stage, account, region, partition)
    return Literals(place, layer_arn, own.subnet_ids, own.security_group_ids)
