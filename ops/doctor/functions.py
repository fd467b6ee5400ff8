"""Whether functions have the settings, the layer and the policies of the repository."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ops.packaging.chalice_config import LAYERED
from ops.packaging.mapping_options import LISTENS
from ops.packaging.policies import absent_things, policy_of
from ops.packaging.tracing import is_traced
from ops.packaging.variables import located, named, switched
from ops.stage.places import Place
from ops.stage.target import Target
from ops.stage.triggers import functions_of

# Added by AWS, Chalice or the wiring.
_NOT_OURS = {LISTENS, "CORS_ALLOW_ORIGIN"}


def environment(target: Target) -> Iterator[str]:
    config = target.project.config
    stage = config["stages"][target.names.stage]["environment_variables"]
    # Those of AWS are for `chalice local`; functions have their own.
    own = {name: value for name, value in stage.items() if not name.startswith("AWS_")}
    worked_out = {**named(target.names), **located(target.names), **switched(target.stage)}
    expected = {**config.get("environment_variables", {}), **own, **worked_out}
    for function in functions_of(target.project, target.stage):
        found = _configuration(target, function).get("Environment", {}).get("Variables", {})
        wrong = [
            name
            for name in sorted(expected)
            if name not in _NOT_OURS and found.get(name) != expected[name]
        ]
        if wrong:
            yield f"{function} has settings that differ from the repository: {', '.join(wrong)}"


def layers(target: Target) -> Iterator[str]:
    for function in LAYERED:
        arns = [layer["Arn"] for layer in _configuration(target, function).get("Layers", [])]
        if not any(":layer:AWSSDKPandas-Python312:" in arn for arn in arns):
            yield f"{function} lacks the layer with pyarrow and numpy, so it can't start"


def policies(target: Target) -> Iterator[str]:
    iam = target.session.client("iam")
    names = target.names
    place = Place(names.stage, names.account, names.region, names.partition)
    absent = absent_things(target.project, target.stage)
    for function in functions_of(target.project, target.stage):
        role = _configuration(target, function)["Role"].rsplit("/", 1)[-1]
        inline = iam.list_role_policies(RoleName=role)["PolicyNames"]
        attached = iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]
        found = {
            pair
            for name in inline
            for pair in _allowed(
                iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
            )
        }
        traced = _is_traced(target, function)
        wanted = set(_allowed(policy_of(function, place, traced=traced, absent=absent)))
        network = set(_allowed(policy_of(function, place, networked=True, absent=absent)))
        if attached:
            yield f"{function} has an additional policy: {attached[0].get('PolicyName')}"
        if wider := found - wanted - network:
            yield f"{function} has permissions it should not have: {_shown(wider)}"
        if narrower := wanted - found:
            yield f"{function} lacks permissions: {_shown(narrower)}"


def _is_traced(target: Target, function: str) -> bool:
    return is_traced(target.project.config, target.names.stage, function)


def _configuration(target: Target, function: str) -> dict[str, Any]:
    name = target.names.chalice_function(function)
    client = target.session.client("lambda")
    return dict(client.get_function_configuration(FunctionName=name))


def _allowed(policy: Any) -> Iterator[tuple[str, str]]:
    statements = policy["Statement"]
    for statement in statements if isinstance(statements, list) else [statements]:
        # Denied actions are not allowed; NotAction allows as many as AWS has.
        if statement["Effect"] == "Allow":
            for action in _listed(statement.get("Action", "*")):
                for resource in _listed(statement.get("Resource", "*")):
                    yield action, resource


def _listed(one_or_more: str | list[str]) -> list[str]:
    return [one_or_more] if isinstance(one_or_more, str) else one_or_more


def _shown(pairs: set[tuple[str, str]]) -> str:
    return ", ".join(sorted({action for action, _ in pairs}))
