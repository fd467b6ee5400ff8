"""The zip that the jobs import from, the same bytes for the same files."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from ops.kit.project import Project

_PACKED = ("chalicelib", "glue")
# Of what the jobs import, nothing reads these.
_LEFT_OUT = {"__pycache__", "static"}
_LONG_AGO = (1980, 1, 1, 0, 0, 0)


def job_code(project: Project) -> dict[str, bytes]:
    """The files that the jobs import, by their names in the zip; sorted."""
    return {
        str(file.relative_to(project.root)): file.read_bytes()
        for folder in _PACKED
        for file in _files(project.root / folder)
    }


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Zip files without times, so that the digest of the result is that of its contents."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name, _LONG_AGO), data, zipfile.ZIP_DEFLATED)
    return written.getvalue()


def _files(folder: Path) -> Iterator[Path]:
    for file in sorted(folder.rglob("*")):
        if file.is_file() and not _LEFT_OUT & {*file.relative_to(folder).parts}:
            yield file
