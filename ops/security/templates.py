"""Every template in the variants that the linter scans."""

from __future__ import annotations

import json
from pathlib import Path

from ops.cloudformation.template import Template, read_template
from ops.kit.project import Project
from ops.packaging.each_function import with_each_function
from ops.packaging.package import make_package
from ops.stage.stages import read_stage
from ops.stage.triggers import functions_of

_TRUE = {"Fn::Equals": ["1", "1"]}


# With its defaults, and with every optional resource: either may hide what the other shows.
DEFAULT, EVERYTHING = "default", "everything"


def write_templates(project: Project, folder: Path) -> list[Path]:
    """Write each template in both variants; return those that hold everything."""
    sources = {path.stem: path for path in project.infrastructure.glob("*.yaml")}
    sources["app"] = make_package(project, read_stage(project, "dev"), "us-east-1").template
    functions = functions_of(project)
    written = []
    for name, source in sorted(sources.items()):
        template = with_each_function(read_template(source), functions)
        _write(folder / DEFAULT / f"{name}.json", template)
        written.append(_write(folder / EVERYTHING / f"{name}.json", with_everything(template)))
    return written


def with_everything(template: Template) -> Template:
    """Make every condition true, since the linter skips what the defaults leave out."""
    conditions = template.get("Conditions", {})
    return {**template, "Conditions": dict.fromkeys(conditions, _TRUE)} if conditions else template


def _write(file: Path, template: Template) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(template, indent=1))
    return file
