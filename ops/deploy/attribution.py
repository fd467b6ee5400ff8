"""The attribution stack: PostgreSQL in a network of its own, and its schema."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ops.cloudformation.preview import preview
from ops.cloudformation.stack import DeployStack, Stack, delete_stack, find_stack, outputs_of
from ops.cloudformation.template import as_json, read_template
from ops.kit.errors import OperationFailed
from ops.kit.project import Project
from ops.packaging.chalice_config import DatabaseNetwork
from ops.packaging.variables import DATABASE_LOGINS
from ops.stage.target import Target

# The role of the migrations that each login is in.
_ROLES = {"attribution_writer": "eventstream_writer", "attribution_reader": "eventstream_reader"}
MIGRATE = "migrate_database"


NO_JOBS: Mapping[str, str] = {"SparkJobs": "false"}


def deploy_attribution(target: Target, jobs: Mapping[str, str] = NO_JOBS) -> Stack:
    """Create or update the stack; a new database takes about ten minutes."""
    deploy = DeployStack(target.session.client("cloudformation"), target.upload_template)
    body = attribution_body(target.project)
    return deploy(target.names.attribution_stack, body, _parameters(target, jobs))


def preview_attribution(target: Target, jobs: Mapping[str, str] = NO_JOBS) -> list[str]:
    cloudformation = target.session.client("cloudformation")
    name, body = target.names.attribution_stack, attribution_body(target.project)
    return preview(cloudformation, name, body, _parameters(target, jobs), target.upload_template)


def database_network(target: Target) -> DatabaseNetwork | None:
    """Return where the stage's database is; None where it has none yet."""
    outputs = _outputs(target)
    if "DatabaseHost" not in outputs:
        return None
    subnets, groups = outputs["FunctionSubnetIds"], outputs["FunctionSecurityGroupIds"]
    return DatabaseNetwork(outputs["DatabaseHost"], tuple(subnets.split(",")), (groups,))


def migrate_database(target: Target, *, dry_run: bool = False) -> dict[str, list[str]]:
    """Have the function in the database's network apply what is pending, as its owner.

    The owner's password goes from Secrets Manager, which this machine may read, into one
    invocation; the function could not read it.

    Raises:
        OperationFailed: there is no database, or it was not migrated.
    """
    owner = _owner(target)
    logins = {
        target.names.database_user(login): _ROLES[login]
        for login in sorted({*DATABASE_LOGINS.values()} - {""})
    }
    answer = target.session.client("lambda").invoke(
        FunctionName=target.names.function(MIGRATE),
        Payload=json.dumps({**owner, "logins": logins, "dry_run": dry_run}).encode(),
    )
    result: dict[str, Any] = json.loads(answer["Payload"].read())
    if answer.get("FunctionError"):
        raise OperationFailed(
            f"The database was not migrated: {result.get('errorMessage')}",
            f"The log of {target.names.function(MIGRATE)} says more.",
        )
    return result


def refuse_what_is_in_use(target: Target) -> None:
    """Keep the network of functions that are still in it.

    Raises:
        OperationFailed: the stage still has attribution switched on.
    """
    if target.stage.attribution:
        raise OperationFailed(
            f"Attribution is switched on for {target.names.stage}.",
            f"Switch it off in {target.project.stages_file.name} and deploy; then its database"
            " can be deleted.",
        )


def destroy_attribution(target: Target) -> bool:
    """Delete the stack with the database, of which a snapshot is kept; return whether it was."""
    cloudformation, name = target.session.client("cloudformation"), target.names.attribution_stack
    if find_stack(cloudformation, name) is None:
        return False
    rds = target.session.client("rds")
    rds.modify_db_instance(
        DBInstanceIdentifier=target.names.database,
        DeletionProtection=False,
        ApplyImmediately=True,
    )
    delete_stack(cloudformation, name)
    return True


def attribution_body(project: Project) -> str:
    return as_json(read_template(project.infrastructure / "attribution.yaml"))


def _parameters(target: Target, jobs: Mapping[str, str]) -> dict[str, str]:
    return {"Stage": target.names.stage, **jobs, **target.stage.database}


def _outputs(target: Target) -> dict[str, str]:
    stack = find_stack(target.session.client("cloudformation"), target.names.attribution_stack)
    return outputs_of(stack) if stack else {}


def _owner(target: Target) -> dict[str, str]:
    arn = _outputs(target).get("DatabaseSecretArn")
    if arn is None:
        stage = target.names.stage
        raise OperationFailed(
            f"Stage {stage} has no database.",
            f"Set attribution = true for it in {target.project.stages_file.name}, and deploy.",
        )
    secret = target.session.client("secretsmanager").get_secret_value(SecretId=arn)
    fields = json.loads(secret["SecretString"])
    return {"user": fields["username"], "password": fields["password"]}
