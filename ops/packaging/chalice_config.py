"""What Chalice is told of one stage: its configuration with values put in or left out."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ops.kit.errors import OperationFailed
from ops.packaging.grants import GRANTED_FUNCTIONS
from ops.packaging.policies import policy_file, policy_of
from ops.stage.places import Place

Config = dict[str, Any]

LAYERED = ("transform_raw", "roll_up_hour")
CONFIG_FILE = "config.json"


@dataclass(frozen=True, slots=True)
class Literals:
    """What `chalice deploy` must read word for word, since it works nothing out itself."""

    place: Place
    layer_arn: str
    subnet_ids: tuple[str, ...] = ()
    security_group_ids: tuple[str, ...] = ()

    @property
    def variables(self) -> dict[str, str]:
        names = self.place.names
        return {
            "RAW_BUCKET": names.raw_bucket,
            "LAKE_BUCKET": names.lake_bucket,
            "ROLLUP_STATE_MACHINE": names.rollup_state_machine_arn,
            "ALERTS_TOPIC": names.alerts_topic_arn,
        }


LITERAL_VARIABLES = ("RAW_BUCKET", "LAKE_BUCKET", "ROLLUP_STATE_MACHINE", "ALERTS_TOPIC")


def configured(config: Config, stage: str, literals: Literals | None) -> Config:
    """The configuration with one stage's literals in it, or with none that it may have had."""
    known = config["stages"]
    if stage not in known:
        raise OperationFailed(f"There is no stage {stage}.", f"There are: {', '.join(known)}.")
    changed = copy.deepcopy(config)
    own = changed["stages"][stage]
    variables = own.setdefault("environment_variables", {})
    for name in LITERAL_VARIABLES:
        variables.pop(name, None)
    for key in ("subnet_ids", "security_group_ids"):
        own.pop(key, None)
    functions = own.setdefault("lambda_functions", {})
    for function in functions_of(config):
        settings = functions.setdefault(function, {})
        settings["iam_policy_file"] = policy_file(stage, function)
        settings.pop("layers", None)
    if literals:
        _put_in(own, literals)
    return changed


def _put_in(own: Config, literals: Literals) -> None:
    own["environment_variables"].update(literals.variables)
    if literals.subnet_ids:
        own["subnet_ids"] = [*literals.subnet_ids]
        own["security_group_ids"] = [*literals.security_group_ids]
    for function in LAYERED:
        if function in own["lambda_functions"]:
            own["lambda_functions"][function]["layers"] = [literals.layer_arn]


def functions_of(config: Config) -> tuple[str, ...]:
    """The functions that are configured.

    Raises:
        OperationFailed: one is not in the table of grants, so that nobody said what it may do.
    """
    functions = tuple(config.get("lambda_functions", {}))
    if strangers := [name for name in functions if name not in GRANTED_FUNCTIONS]:
        raise OperationFailed(
            f"Nothing says what these functions may do: {', '.join(strangers)}.",
            "Add each to ops/packaging/grants.py and to ops/stage/names.py.",
        )
    return functions


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


def files_of(config: Config, stage: str, literals: Literals | None) -> dict[str, str]:
    """The files beneath `.chalice` that speak of a stage, by their paths there."""
    changed = configured(config, stage, literals)
    place = literals.place if literals else Place.anywhere(stage)
    networked = bool(literals and literals.subnet_ids)
    files = {
        policy_file(stage, function): policy_of(
            function, place, traced=bool(_lookup(changed, stage, "xray")), networked=networked
        )
        for function in functions_of(changed)
    }
    return {path: as_text(document) for path, document in {CONFIG_FILE: changed, **files}.items()}


def _lookup(config: Config, stage: str, name: str) -> object:
    return config["stages"][stage].get(name, config.get(name))


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
