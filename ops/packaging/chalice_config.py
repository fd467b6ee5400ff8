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
from ops.packaging.policies import policy_file, policy_of
from ops.packaging.tracing import is_traced
from ops.packaging.variables import located, named
from ops.stage.places import Place

Config = dict[str, Any]

# The functions that import pyarrow or numpy.
LAYERED = ("transform_raw", "roll_up_hour")
CONFIG_FILE = "config.json"
_ANYWHERE = Place.anywhere("").names
_WORKED_OUT = [*named(_ANYWHERE), *located(_ANYWHERE)]


@dataclass(frozen=True, slots=True)
class Literals:
    """What `chalice deploy` must read word for word, since it works nothing out itself."""

    place: Place
    layer_arn: str
    subnet_ids: tuple[str, ...] = ()
    security_group_ids: tuple[str, ...] = ()


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
        _drop(functions, function, ["iam_policy_file", "layers"])
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


def configured(project: Project, stage: str, literals: Literals | None) -> Config:
    """The configuration with all that can be worked out for one stage.

    Without literals, what says account and region is left to CloudFormation.
    """
    config = bare(project.config, stage)
    own = config["stages"][stage]
    own.setdefault("tags", {})["stage"] = stage
    variables = own.setdefault("environment_variables", {})
    variables.update(named(Place.anywhere(stage).names))
    functions = own.setdefault("lambda_functions", {})
    for function in packed_functions(project):
        functions.setdefault(function, {})["iam_policy_file"] = policy_file(stage, function)
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
    )


def files_of(project: Project, stage: str, literals: Literals | None) -> dict[str, str]:
    """The files under `.chalice` that Chalice reads for a stage, by their paths there."""
    changed = configured(project, stage, literals)
    place = literals.place if literals else Place.anywhere(stage)
    networked = bool(literals and literals.subnet_ids)
    files = {
        policy_file(stage, function): policy_of(
            function, place, traced=is_traced(changed, stage, function), networked=networked
        )
        for function in packed_functions(project)
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
