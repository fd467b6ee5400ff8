"""The code of the Spark jobs is uploaded once, in a folder named after what is in it."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from ops.glue.archive import zipped
from ops.glue.artefacts import Artefacts
from ops.kit.errors import OperationFailed
from ops.kit.project import Project

SCRIPTS = ("glue/stream.py", "glue/batch.py")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    files = (*SCRIPTS, "glue/__pycache__/x.pyc", "chalicelib/a.py", "chalicelib/static/a.js")
    for name in files:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(f"# {name}\n")
    (tmp_path / "requirements.txt").write_text("orjson==3.13.0\n")
    return Project(tmp_path)


def artefacts(project: Project) -> Artefacts:
    return Artefacts.of(project, make_wheels=lambda path: path.read_bytes())


def test_the_zip_holds_what_the_jobs_import_and_no_more(project: Project) -> None:
    made = {key.rpartition("/")[2]: make() for key, make in artefacts(project).files()}

    names = zipfile.ZipFile(io.BytesIO(made["eventstream.zip"])).namelist()
    assert names == ["chalicelib/a.py", "glue/batch.py", "glue/stream.py"]
    assert made["stream.py"] == b"# glue/stream.py\n"
    assert made["eventstream.gluewheels.zip"] == b"orjson==3.13.0\n"


def test_the_same_files_make_the_same_bytes(project: Project) -> None:
    code = artefacts(project).code

    assert zipped(code) == zipped(dict(reversed([*code.items()])))


@pytest.mark.parametrize("name", ["glue/stream.py", "chalicelib/a.py", "requirements.txt"])
def test_each_change_has_a_folder_of_its_own(project: Project, name: str) -> None:
    before = artefacts(project).folder
    (project.root / name).write_text("# changed\n")

    assert artefacts(project).folder != before
    assert before.startswith("glue/")


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_repository_without_a_script_is_refused(project: Project, name: str) -> None:
    (project.root / name).unlink()

    with pytest.raises(OperationFailed, match=name.removeprefix("glue/")):
        artefacts(project)
