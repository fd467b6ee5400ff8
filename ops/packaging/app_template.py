"""What `chalice package` leaves out of the app's template, and can be worked out from it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ops.cloudformation.template import Template
from ops.kit.errors import OperationFailed
from ops.packaging.app_event_sources import (
    let_event_sources_listen,
    start_where_attribution_ended,
)
from ops.packaging.app_throttle import throttle_keyless_methods
from ops.packaging.chalice_config import LAYERED
from ops.packaging.logical_id import logical_id
from ops.packaging.variables import DATABASE_LOGINS, DATABASE_READER, database_variables, located
from ops.stage.names import Names

_ALLOWED_ORIGIN = "method.response.header.Access-Control-Allow-Origin"
_NAMES = Names("${Stage}", "${AWS::AccountId}", "${AWS::Region}", "${AWS::Partition}")
_LAYERS = {
    "Fn::If": ["HasAnalyticsLayer", [{"Ref": "AnalyticsLayerArn"}], {"Ref": "AWS::NoValue"}]
}
_DATABASE_NETWORK = {
    "Fn::If": [
        "HasDatabaseNetwork",
        {
            "SubnetIds": {"Ref": "DatabaseSubnetIds"},
            "SecurityGroupIds": {"Ref": "DatabaseSecurityGroupIds"},
        },
        {"Ref": "AWS::NoValue"},
    ]
}


# One line an invocation is our own, with the duration of what it did; CloudWatch has Lambda's.
# Lines that are JSON already are left as they are.
_LOGS = {"LogFormat": "JSON", "SystemLogLevel": {"Ref": "PlatformLogLevel"}}


def complete(template: Template, functions: Sequence[str], *, streams_listen: bool) -> None:
    """Put in names as `chalice deploy` gives them, layers, variables, options and limits.

    Raises:
        OperationFailed: Chalice made other functions than these.
    """
    made = _functions(template)
    wanted = {logical_id(name): name for name in functions}
    if strangers := made.keys() ^ wanted.keys():
        raise OperationFailed(
            f"app.py and the functions that Chalice made of it differ: {', '.join(strangers)}.",
            "Register each function in app.py, by a decorator of `app` with a literal name.",
        )
    for id_, properties in made.items():
        properties["LoggingConfig"] = _LOGS
        properties["FunctionName"] = {"Fn::Sub": _NAMES.chalice_function(wanted[id_])}
        if wanted[id_] in LAYERED:
            properties["Layers"] = _LAYERS
        if wanted[id_] in DATABASE_LOGINS:
            _reach_database(properties, wanted[id_])
    let_event_sources_listen(made.values(), streams_listen=streams_listen)
    start_where_attribution_ended(template, functions)
    _common_variables(template).update(
        {name: {"Fn::Sub": value} for name, value in located(_NAMES).items()}
    )
    for headers in _preflight_headers(template):
        headers[_ALLOWED_ORIGIN] = {"Fn::Sub": "'${CorsAllowOrigin}'"}
    throttle_keyless_methods(template)


def _reach_database(properties: dict[str, Any], function: str) -> None:
    """By a URL where there is one, and otherwise as RDS is reached from its network."""
    variables = database_variables(function, _NAMES, "${DatabaseHost}")
    own = properties.setdefault("Environment", {}).setdefault("Variables", {})
    is_reader = DATABASE_LOGINS[function] == DATABASE_READER
    own["DATABASE_URL"] = {"Ref": "DatabaseReaderUrl" if is_reader else "DatabaseUrl"}
    own.update({name: {"Fn::Sub": value} for name, value in variables.items()})
    properties["VpcConfig"] = _DATABASE_NETWORK


def _functions(template: Template) -> dict[str, dict[str, Any]]:
    return {
        id_: resource["Properties"]
        for id_, resource in template["Resources"].items()
        if resource.get("Type") == "AWS::Serverless::Function"
    }


def _common_variables(template: Template) -> dict[str, Any]:
    node = template
    for key in ("Globals", "Function", "Environment", "Variables"):
        node = node.setdefault(key, {})
    return node


def _preflight_headers(template: Template) -> Iterator[dict[str, Any]]:
    """What each route with CORS answers to OPTIONS, for a page of another origin."""
    api = template["Resources"].get("RestAPI", {"Properties": {"DefinitionBody": {"paths": {}}}})
    for path in api["Properties"]["DefinitionBody"]["paths"].values():
        if "options" in path:
            for answer in path["options"]["x-amazon-apigateway-integration"]["responses"].values():
                yield answer["responseParameters"]
