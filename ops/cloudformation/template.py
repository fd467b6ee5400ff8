"""Read a CloudFormation template, and put the state machines' definitions into it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from samtranslator.yaml_helper import yaml_parse  # type: ignore[import-untyped]

Template = dict[str, Any]


def read_template(path: Path) -> Template:
    template: Template = yaml_parse(path.read_text())
    return template


def with_definitions(template: Template, root: Path) -> Template:
    """Each state machine with the file that its metadata names as its DefinitionString."""
    for resource in template["Resources"].values():
        if file := resource.get("Metadata", {}).get("DefinitionFile"):
            definition = json.loads((root / file).read_text())
            resource["Properties"]["DefinitionString"] = as_json(definition)
    return template


def as_json(document: Template) -> str:
    """Without a superfluous byte, since CloudFormation takes bodies of up to 51,200 only."""
    return json.dumps(document, separators=(",", ":"))
