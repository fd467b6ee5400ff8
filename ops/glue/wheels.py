"""The libraries of the jobs as one zip of wheels.

Glue installs it without an index, which a job in a network without internet can't reach.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from ops.glue.archive import zipped
from ops.kit.errors import OperationFailed

# Of Glue 6.0.
PYTHON = "3.13"
PLATFORMS = ("manylinux_2_28_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64")


def wheels_zip(requirements: Path) -> bytes:
    """Download the wheels of a list that names every library with its version, and zip them.

    Raises:
        OperationFailed: a library has no wheel for Glue, or the index can't be reached.
    """
    with tempfile.TemporaryDirectory() as folder:
        _download(requirements, Path(folder))
        wheels = {f"wheels/{file.name}": file.read_bytes() for file in Path(folder).glob("*.whl")}
    return zipped({**wheels, "wheels/requirements.txt": requirements.read_bytes()})


def _download(requirements: Path, folder: Path) -> None:
    platforms = [part for one in PLATFORMS for part in ("--platform", one)]
    ran = subprocess.run(
        [
            *(sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"),
            *("--only-binary=:all:", "--no-deps", "--implementation", "cp"),
            *("--python-version", PYTHON, *platforms),
            *("--requirement", str(requirements), "--dest", str(folder)),
        ],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode:
        raise OperationFailed(
            "The libraries of the Spark jobs could not be downloaded.",
            (ran.stderr or ran.stdout).strip(),
        )
