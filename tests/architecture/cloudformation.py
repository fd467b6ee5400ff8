"""Read templates the way CloudFormation would, as far as names go."""

from __future__ import annotations

import re
from collections.abc import Mapping

ACCOUNT = "123456789012"
REGION = "eu-west-1"


def resolved(node: object, stage: str) -> object:
    """The node with every Ref to, and Fn::Sub of, things known beforehand put in.

    >>> resolved({"Fn::Sub": "eventstream-${Stage}-raw-${AWS::Region}"}, "dev")
    'eventstream-dev-raw-eu-west-1'
    """
    known = {
        "Stage": stage,
        "CorsAllowOrigin": "*",
        "AWS::AccountId": ACCOUNT,
        "AWS::Region": REGION,
        "AWS::Partition": "aws",
    }
    return _resolved(node, known)


def _resolved(node: object, known: Mapping[str, str]) -> object:
    if isinstance(node, list):
        return [_resolved(item, known) for item in node]
    if not isinstance(node, dict):
        return node
    text = node.get("Fn::Sub")
    if isinstance(text, str):
        return re.sub(r"\$\{([A-Za-z:]+)\}", lambda m: known.get(m[1], m[0]), text)
    if node.get("Ref") in known:
        return known[node["Ref"]]
    return {key: _resolved(value, known) for key, value in node.items()}
