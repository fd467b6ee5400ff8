"""Everything that a parameter or a variable can change is in one table, with its default."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import MISSING, asdict, fields
from typing import Any

import pytest

from ops.cloudformation.template import read_template
from ops.kit.project import ROOT, Project
from ops.stage.stages import FIXED, Limits, Stage
from tests.builders import every_setting

TEXT = (ROOT / "docs" / "settings.md").read_text()


def rows(where: str) -> dict[str, str]:
    """Return the defaults by name."""
    cells = [
        [cell.strip() for cell in line.split(" | ")]
        for line in TEXT.splitlines()
        if line.startswith("| `")
    ]
    assert all(len(row) == 4 for row in cells), [row for row in cells if len(row) != 4]
    return {row[0].strip("|` "): row[2] for row in cells if row[1] == where}


def parameters(template: dict[str, Any]) -> dict[str, str]:
    return {
        name: " ".join(str(parameter["Default"]).split()) or "none"
        for name, parameter in template["Parameters"].items()
    }


def test_every_variable_of_the_functions_is_there() -> None:
    assert sorted(rows("function")) == sorted(name.upper() for name in every_setting())


def test_every_parameter_of_the_backing_stack_is_there_with_its_default() -> None:
    assert rows("backing") == parameters(read_template(Project().backing_template))


def test_every_parameter_of_the_app_is_there_with_its_default() -> None:
    template = parameters(json.loads(Project().app_overlay.read_text()))

    assert {**rows("app"), "Stage": template["Stage"]} == template


def test_every_parameter_of_the_monitoring_is_there_with_its_default() -> None:
    template = parameters(read_template(Project().monitoring_template))

    assert {**rows("monitoring"), "Stage": template["Stage"]} == template


@pytest.mark.parametrize("name", ["pipeline", "extras", "replica", "attribution"])
def test_every_parameter_of_what_is_deployed_by_itself_is_there(name: str) -> None:
    template = read_template(ROOT / "infrastructure" / f"{name}.yaml")
    for parameter in template["Parameters"].values():
        parameter.setdefault("Default", "required")

    assert rows(name) | {"Stage": "dev"} == parameters(template)


def test_every_key_of_the_stages_file_is_there_with_its_default() -> None:
    assert rows("stage") == dict(stage_defaults())


def stage_defaults() -> Iterator[tuple[str, str]]:
    for one in fields(Stage):
        if isinstance(one.default, Limits):
            limits = asdict(one.default).items()
            yield from ((f"{one.name}.{name}", str(value)) for name, value in limits)
        elif one.name not in FIXED:
            is_none = one.default in {MISSING, None, ()}
            yield one.name, "none" if is_none else str(one.default)


def test_no_name_is_in_the_table_twice() -> None:
    names = re.findall(r"^\| `(\w+)` \|", TEXT, flags=re.MULTILINE)

    assert len(names) == len(set(names))
