"""Read templates the way CloudFormation would, as far as names go."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

ACCOUNT = "123456789012"
REGION = "eu-west-1"


def lint(body: str, folder: Path) -> str:
    """What cfn-lint finds wrong with a template, and nothing when it is sound."""
    template = folder / "template.json"
    template.write_text(body)
    # The package can't be run with -m.
    linter = Path(sys.executable).parent / "cfn-lint"
    command = [str(linter), "--regions", REGION, "--", str(template)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    return ran.stdout + ran.stderr


def resolved(node: object, stage: str) -> object:
    """The node with every Ref to, and Fn::Sub of, things known beforehand put in.

    >>> resolved({"Fn::Sub": "eventstream-${Stage}-raw-${AWS::Region}"}, "dev")
    'eventstream-dev-raw-eu-west-1'
    """
    known = {
        "Stage": stage,
        "CorsAllowOrigin": "*",
        "DatabaseUrl": "",
        "DatabaseReaderUrl": "",
        "DatabaseHost": "database.example",
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
