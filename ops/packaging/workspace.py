"""A copy of what Chalice reads, configured for whichever account it will be deployed to."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from ops.kit.project import Project

_COPIED = ("chalicelib", "vendor")


def lay_out(project: Project, configuration: Mapping[str, str], folder: Path) -> None:
    """Copied, because Chalice knows of one place for its configuration only."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in ("app.py", "requirements.txt"):
        shutil.copy(project.root / name, folder)
    for name in _COPIED:
        if (project.root / name).is_dir():
            shutil.copytree(
                project.root / name, folder / name, ignore=shutil.ignore_patterns("__pycache__")
            )
    write_files(folder / ".chalice", configuration)


def write_files(folder: Path, texts: Mapping[str, str]) -> None:
    for name, text in texts.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
