"""Whether attribution's database is there, protected, and reached by the functions that use it."""

from __future__ import annotations

from collections.abc import Iterator

from ops.deploy.attribution import database_network
from ops.packaging.variables import DATABASE_LOGINS
from ops.stage.target import Target
from ops.stage.triggers import functions_of


def database(target: Target) -> Iterator[str]:
    if not target.stage.attribution:
        return
    network = database_network(target)
    if network is None:
        yield "attribution is on, but its database is not deployed"
        return
    [found] = target.session.client("rds").describe_db_instances(
        DBInstanceIdentifier=target.names.database
    )["DBInstances"]
    if found["DBInstanceStatus"] != "available":
        yield f"attribution's database is {found['DBInstanceStatus']}"
    if found.get("PubliclyAccessible"):
        yield "attribution's database can be reached from the internet"
    if not found.get("DeletionProtection") and target.stage.is_protected:
        yield "attribution's database can be deleted by accident"
    yield from _outside(target, set(network.subnet_ids))


def _outside(target: Target, subnets: set[str]) -> Iterator[str]:
    client = target.session.client("lambda")
    for function in functions_of(target.project, target.stage):
        if function in DATABASE_LOGINS:
            name = target.names.function(function)
            own = client.get_function_configuration(FunctionName=name).get("VpcConfig", {})
            if set(own.get("SubnetIds", ())) != subnets:
                yield f"{function} is not in the network of attribution's database"
