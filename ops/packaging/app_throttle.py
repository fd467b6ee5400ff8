"""Limits for the methods that need no key, which no usage plan limits."""

from __future__ import annotations

from collections.abc import Iterator

from ops.cloudformation.template import Template

RATE, BURST = "KeylessRatePerSecond", "KeylessBurst"


def throttle_keyless_methods(template: Template) -> None:
    """Throttle each of them in the API's stage."""
    api = template["Resources"].get("RestAPI")
    if api is not None:
        api["Properties"]["MethodSettings"] = [
            {
                # As CloudFormation and API Gateway spell paths in a stage's settings.
                "ResourcePath": "/" + path.replace("/", "~1"),
                "HttpMethod": method,
                "ThrottlingRateLimit": {"Ref": RATE},
                "ThrottlingBurstLimit": {"Ref": BURST},
            }
            for path, method in _keyless(api["Properties"]["DefinitionBody"])
        ]


def _keyless(document: Template) -> Iterator[tuple[str, str]]:
    """Each path and method without the security requirement of an API key."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if not any("api_key" in one for one in operation.get("security", ())):
                yield path, method.upper()
