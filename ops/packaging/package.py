"""Step 2a: the zip and the template that `chalice package` makes."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from ops.kit.errors import OperationFailed
from ops.kit.project import Project
from ops.packaging.app_template import complete
from ops.packaging.chalice_config import as_text, files_of
from ops.packaging.functions import packed_functions
from ops.packaging.workspace import lay_out
from ops.stage.stages import Stage

_CHALICE = "import sys; from chalice.cli import main; sys.exit(main())"
TEMPLATE = "sam.json"
KEPT = 5


@dataclass(frozen=True, slots=True)
class Package:
    folder: Path
    is_new: bool

    @property
    def template(self) -> Path:
        return self.folder / TEMPLATE

    @property
    def zip(self) -> Path:
        return self.folder / "deployment.zip"

    @property
    def version(self) -> str:
        """The content's own name: another one exactly when something packed has changed."""
        return self.folder.name


def make_package(project: Project, stage: Stage, region: str) -> Package:
    """The same for every account: what `configure` may have put in is left to CloudFormation."""
    configuration = files_of(project, stage, None)
    digest = _digest(project, configuration, f"{stage.name} {region}")
    folder = project.packages / stage.name / digest
    folder.parent.mkdir(parents=True, exist_ok=True)
    # One at a time, since all of a stage are made in the same place.
    with (project.packages / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if folder.is_dir():
            return Package(folder, is_new=False)
        work, unfinished = project.packages / "work", folder.parent / "unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        lay_out(project, configuration, work)
        _run_chalice(project, stage.name, region, work, unfinished)
        _complete(project, stage, unfinished / TEMPLATE)
        shutil.rmtree(work)
        unfinished.rename(folder)
        _forget_oldest(folder.parent)
    return Package(folder, is_new=True)


def copy_package(package: Package, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(package.zip, folder)
    shutil.copy(package.template, folder)


def _digest(project: Project, configuration: Mapping[str, str], destination: str) -> str:
    digest = hashlib.sha256(f"{destination} {sys.version} {version('chalice')}".encode())
    digest.update(json.dumps(configuration).encode())
    # This code completes the template, so that a change of it makes another one.
    for file in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(file.read_bytes())
    for file in project.packed_files:
        digest.update(str(file.relative_to(project.root)).encode())
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:20]


def _run_chalice(project: Project, stage: str, region: str, work: Path, folder: Path) -> None:
    own = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
    ran = subprocess.run(
        [
            *(sys.executable, "-c", _CHALICE, "package"),
            *("--stage", stage, "--merge-template", str(project.app_overlay), str(folder)),
        ],
        cwd=work,
        # Chalice wants a region, only to look up how services are called there.
        env={**own, "AWS_DEFAULT_REGION": region},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode:
        raise OperationFailed("`chalice package` failed.", (ran.stderr or ran.stdout).strip())


def _complete(project: Project, stage: Stage, file: Path) -> None:
    template = json.loads(file.read_text())
    functions = packed_functions(project, stage)
    complete(template, functions, streams_listen=stage.streams_listen)
    file.write_text(as_text(template))


def _forget_oldest(packages: Path) -> None:
    made = sorted((p for p in packages.iterdir() if p.is_dir()), key=lambda p: p.stat().st_mtime)
    for folder in made[:-KEPT]:
        shutil.rmtree(folder)
