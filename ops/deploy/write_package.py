"""Write to a folder what a stage deploys, without deploying it."""

from __future__ import annotations

from pathlib import Path

from ops.cloudformation.template import as_json
from ops.deploy.backing import backing_body
from ops.deploy.monitoring import monitoring_body
from ops.kit.project import Project
from ops.packaging.each_function import read_whole_template
from ops.packaging.package import Package, copy_package, make_package
from ops.stage.stages import read_stage


def write_package(project: Project, stage: str, region: str, folder: Path) -> Package:
    own = read_stage(project, stage)
    made = make_package(project, own, region)
    copy_package(made, folder)
    (folder / "backing.json").write_text(backing_body(project))
    (folder / "monitoring.json").write_text(monitoring_body(project, own))
    (folder / "extras.json").write_text(as_json(read_whole_template(project, "extras")))
    return made
