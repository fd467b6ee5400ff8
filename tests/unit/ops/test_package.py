"""The package is made when something in it changed, and only then."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from ops.kit.errors import OperationFailed
from ops.kit.project import Project
from ops.local.fit import without_libraries
from ops.packaging.package import Package, make_package
from ops.stage.stages import Stage

pytestmark = pytest.mark.slow

APP = """
from chalice import Chalice
app = Chalice(app_name="tiny")
@app.lambda_function(name="record_run")
def record_run(event, context): ...
"""
CONFIG = {
    "version": "2.0",
    "app_name": "tiny",
    "autogen_policy": False,
    "lambda_functions": {"record_run": {"lambda_memory_size": 128, "lambda_timeout": 60}},
    "stages": {"dev": {}},
}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    files = {
        "app.py": APP,
        "requirements.txt": "",
        "chalicelib/__init__.py": "",
        "infrastructure/app-overlay.json": "{}",
        ".chalice/config.json": json.dumps(CONFIG),
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return Project(tmp_path)


def test_an_unchanged_project_is_not_packaged_again(project: Project) -> None:
    first = make_package(project, Stage("dev"), "eu-west-1")
    second = make_package(project, Stage("dev"), "eu-west-1")

    assert first.is_new
    assert not second.is_new
    assert second.zip.is_file()
    assert second.template.is_file()


def test_a_changed_module_makes_another_package(project: Project) -> None:
    first = make_package(project, Stage("dev"), "eu-west-1")
    (project.root / "chalicelib" / "__init__.py").write_text("CHANGED = True\n")
    second = make_package(project, Stage("dev"), "eu-west-1")

    assert second.is_new
    assert second.version != first.version


def test_what_chalice_says_about_a_broken_app_is_passed_on(project: Project) -> None:
    (project.root / "app.py").write_text(f"import no_such_module\n{APP}")

    with pytest.raises(OperationFailed) as failed:
        make_package(project, Stage("dev"), "eu-west-1")

    assert "no_such_module" in failed.value.advice


def test_a_stage_that_is_not_configured_is_refused(project: Project) -> None:
    with pytest.raises(OperationFailed, match="no stage staging"):
        make_package(project, Stage("staging"), "eu-west-1")


def test_a_machine_unlike_lambda_brings_its_own_libraries(project: Project) -> None:
    (project.root / "requirements.txt").write_text("typing-extensions==4.16.0\n")
    full = make_package(project, Stage("dev"), "eu-west-1")

    bare = without_libraries(full)

    assert "typing_extensions.py" in packed(full)
    assert {path.split("/")[0] for path in packed(bare)} == {"app.py", "chalicelib", "chalice"}
    assert bare.template.read_text() == full.template.read_text()


def packed(package: Package) -> set[str]:
    return set(zipfile.ZipFile(package.zip).namelist())
