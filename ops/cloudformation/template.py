"""Read a CloudFormation template, and insert the definitions of its state machines."""

from __future__ import annotations

import json
from copy import deepcopy
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]
from samtranslator.yaml_helper import (  # type: ignore[import-untyped]
    intrinsics_multi_constructor,
)

Template = dict[str, Any]


class _Loader(yaml.CSafeLoader):  # type: ignore[misc]
    """Understands CloudFormation's tags, and takes a tenth of the time of a loader in Python."""


_Loader.add_multi_constructor("!", intrinsics_multi_constructor)


def read_template(path: Path) -> Template:
    return deepcopy(_parsed(path.read_text()))


# Commands read the same few templates many times.
@lru_cache(maxsize=32)
def _parsed(text: str) -> Template:
    template: Template = yaml.load(text, _Loader)  # noqa: S506
    return template


def with_definitions(template: Template, root: Path) -> Template:
    """Give each state machine the file that its metadata names as its DefinitionString."""
    for resource in template["Resources"].values():
        if file := resource.get("Metadata", {}).get("DefinitionFile"):
            definition = json.loads((root / file).read_text())
            resource["Properties"]["DefinitionString"] = as_json(definition)
    return template


def as_json(document: Template) -> str:
    """Write JSON without white space: CloudFormation accepts bodies of up to 51,200 bytes."""
    return json.dumps(document, separators=(",", ":"))
