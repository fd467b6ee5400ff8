"""Make the package run on machines that differ from Lambda's."""

from __future__ import annotations

import platform
import shutil
import sys
import zipfile
from pathlib import Path

from ops.packaging.package import Package

_OURS = ("app.py", "chalicelib/", "chalice/")


def fitted(package: Package) -> Package:
    """Return the package where Lambda's binaries run, and elsewhere one without libraries.

    Functions then use the same versions from the virtual environment, built for this machine.
    """
    here = (sys.platform, platform.machine(), platform.libc_ver()[0])
    return package if here == ("linux", "x86_64", "glibc") else without_libraries(package)


def without_libraries(package: Package) -> Package:
    bare = Package(package.folder.with_name(f"{package.version}-bare"), is_new=package.is_new)
    if not bare.folder.is_dir():
        unfinished = Package(bare.folder.with_name(f"{bare.version}-unfinished"), is_new=True)
        shutil.rmtree(unfinished.folder, ignore_errors=True)
        unfinished.folder.mkdir()
        shutil.copy(package.template, unfinished.template)
        _copy_ours(package.zip, unfinished.zip)
        unfinished.folder.rename(bare.folder)
    return bare


def _copy_ours(source: Path, target: Path) -> None:
    with zipfile.ZipFile(source) as full, zipfile.ZipFile(target, "w") as bare:
        for entry in full.infolist():
            if entry.filename.startswith(_OURS):
                bare.writestr(entry, full.read(entry))
