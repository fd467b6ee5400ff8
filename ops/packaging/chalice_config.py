"""What Chalice reads for one stage: its configuration, with all that can be worked out put in."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ops.kit.errors import OperationFailed
from ops.kit.project import Project
from ops.packaging.functions import packed_functions
from ops.packaging.policies import absent_things, policy_file, policy_of
from ops.packaging.tracing import is_traced
from ops.packaging.variables import (
    DATABASE_LOGINS,
    DATABASE_VARIABLES,
    database_variables,
    located,
    named,
    switched,
)
from ops.stage.places import Place
from ops.stage.stages import LOCAL, Stage

Config = dict[str, Any]

# The functions that import pyarrow or numpy.
LAYERED = ("transform_raw", "roll_up_hour", "seal_hour", "compute_results")
CONFIG_FILE = "config.json"
_ANYWHERE = Place.anywhere("").names
_WORKED_OUT = [*named(_ANYWHERE), *located(_ANYWHERE), *switched(LOCAL)]


@dataclass(frozen=True, slots=True)
class DatabaseNetwork:
    """Where attribution's database is, and the network from which it is reached."""

    host: str
    subnet_ids: tuple[str, ...]
    security_group_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Literals:
    """What `chalice deploy` must read word for word, since it works nothing out itself."""

    place: Place
    layer_arn: str
    subnet_ids: tuple[str, ...] = ()
    security_group_ids: tuple[str, ...] = ()
    database: DatabaseNetwork | None = None


def bare(config: Config, stage: str) -> Config:
    """The configuration with nothing in a stage's part that can be worked out.

    Raises:
        OperationFailed: there is no such stage.
    """
    known = config["stages"]
    if stage not in known:
        raise OperationFailed(f"There is no stage {stage}.", f"There are: {', '.join(known)}.")
    changed = copy.deepcopy(config)
    own = changed["stages"][stage]
    own.pop("subnet_ids", None)
    own.pop("security_group_ids", None)
    _drop(own, "tags", ["stage"])
    _drop(own, "environment_variables", [*_WORKED_OUT, *_of_chalice_local(own)])
    functions = own.get("lambda_functions", {})
    for function in [*functions]:
        reached = ["subnet_ids", "security_group_ids"] if function in DATABASE_LOGINS else []
        _drop(functions[function], "environment_variables", DATABASE_VARIABLES)
        _drop(functions, function, ["iam_policy_file", "layers", *reached])
    _drop(own, "lambda_functions", [])
    return changed


def _of_chalice_local(own: Config) -> list[str]:
    """What points `chalice local` at the local cloud; a function is pointed at its own by AWS."""
    return [name for name in own.get("environment_variables", {}) if name.startswith("AWS_")]


def _drop(config: Config, key: str, names: Iterable[str]) -> None:
    """Take the names out of one part, and the part itself when nothing is left in it."""
    for name in names:
        config.get(key, {}).pop(name, None)
    if not config.get(key):
        config.pop(key, None)


def configured(project: Project, stage: Stage, literals: Literals | None) -> Config:
    """The configuration with all that can be worked out for one stage.

    Without literals, what says account and region is left to CloudFormation.
    """
    config = bare(project.config, stage.name)
    own = config["stages"][stage.name]
    own.setdefault("tags", {})["stage"] = stage.name
    variables = own.setdefault("environment_variables", {})
    variables.update(named(Place.anywhere(stage.name).names), **switched(stage))
    functions = own.setdefault("lambda_functions", {})
    for function in packed_functions(project, stage):
        functions.setdefault(function, {})["iam_policy_file"] = policy_file(stage.name, function)
    if literals:
        _put_in(own, literals)
    return config


def _put_in(own: Config, literals: Literals) -> None:
    own["environment_variables"].update(located(literals.place.names))
    if literals.subnet_ids:
        own["subnet_ids"] = [*literals.subnet_ids]
        own["security_group_ids"] = [*literals.security_group_ids]
    for function in LAYERED:
        if function in own["lambda_functions"]:
            own["lambda_functions"][function]["layers"] = [literals.layer_arn]
    if literals.database:
        _reach_database(own["lambda_functions"], literals.place, literals.database)


def _reach_database(functions: Config, place: Place, database: DatabaseNetwork) -> None:
    for function in DATABASE_LOGINS.keys() & functions.keys():
        own = functions[function]
        own["subnet_ids"] = [*database.subnet_ids]
        own["security_group_ids"] = [*database.security_group_ids]
        variables = database_variables(function, place.names, database.host)
        own.setdefault("environment_variables", {}).update(variables)


def literals_of(config: Config, stage: str) -> Literals | None:
    """What was put in for a stage; nothing for one that is left to CloudFormation."""
    own = config["stages"].get(stage, {})
    topic = own.get("environment_variables", {}).get("ALERTS_TOPIC")
    if not topic:
        return None
    _, partition, _, region, account, _ = topic.split(":")
    functions = own.get("lambda_functions", {})
    layers = [arn for name in LAYERED for arn in functions.get(name, {}).get("layers", [])]
    return Literals(
        Place(stage, account, region, partition),
        layers[0] if layers else "",
        tuple(own.get("subnet_ids", ())),
        tuple(own.get("security_group_ids", ())),
        _database_of(functions),
    )


def _database_of(functions: Config) -> DatabaseNetwork | None:
    for function in DATABASE_LOGINS.keys() & functions.keys():
        own = functions[function]
        if host := own.get("environment_variables", {}).get("DATABASE_HOST"):
            subnets, groups = own["subnet_ids"], own["security_group_ids"]
            return DatabaseNetwork(host, tuple(subnets), tuple(groups))
    return None


def files_of(project: Project, stage: Stage, literals: Literals | None) -> dict[str, str]:
    """The files under `.chalice` that Chalice reads for a stage, by their paths there."""
    changed = configured(project, stage, literals)
    place = literals.place if literals else Place.anywhere(stage.name)
    in_vpc = bool(literals and literals.subnet_ids)
    files = {
        policy_file(stage.name, function): policy_of(
            function,
            place,
            traced=is_traced(changed, stage.name, function),
            networked=in_vpc or function in DATABASE_LOGINS,
            absent=absent_things(project, stage),
        )
        for function in packed_functions(project, stage)
    }
    return {path: as_text(document) for path, document in {CONFIG_FILE: changed, **files}.items()}


def as_text(document: Mapping[str, Any]) -> str:
    return json.dumps(document, indent=2) + "\n"


def differences(old: object, new: object, path: str = "") -> Iterator[str]:
    """What changes from one document to the other, a line each.

    >>> list(differences({"a": {"b": 1}}, {"a": {"b": 2, "c": 3}}))
    ['a.b: 1 -> 2', 'a.c: set to 3']
    """
    if not (isinstance(old, dict) and isinstance(new, dict)):
        if old != new:
            yield f"{path}: {json.dumps(old)} -> {json.dumps(new)}"
        return
    for key in (*old, *(key for key in new if key not in old)):
        at = f"{path}.{key}" if path else key
        if key not in new:
            yield f"{at}: removed, was {json.dumps(old[key])}"
        elif key not in old and not isinstance(new[key], dict):
            yield f"{at}: set to {json.dumps(new[key])}"
        else:
            yield from differences(old.get(key, {}), new[key], at)
