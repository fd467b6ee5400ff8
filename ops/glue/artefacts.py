"""The code of the jobs in the artefacts bucket, in a folder named after its digest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from botocore.exceptions import ClientError

from ops.glue.archive import job_code, zipped
from ops.glue.wheels import PLATFORMS, PYTHON, wheels_zip
from ops.kit.errors import OperationFailed
from ops.kit.project import Project
from ops.stage.target import Target

SCRIPTS = ("stream.py", "batch.py")
CODE, WHEELS = "eventstream.zip", "eventstream.gluewheels.zip"
MakeWheels = Callable[[Path], bytes]


@dataclass(frozen=True, slots=True)
class Artefacts:
    """`folder` is another one exactly when something in it has changed."""

    project: Project
    code: Mapping[str, bytes]
    make_wheels: MakeWheels = wheels_zip

    @classmethod
    def of(cls, project: Project, make_wheels: MakeWheels = wheels_zip) -> Artefacts:
        """Read the code of the jobs.

        Raises:
            OperationFailed: the repository lacks one of their scripts.
        """
        code = job_code(project)
        if missing := [name for name in SCRIPTS if f"glue/{name}" not in code]:
            raise OperationFailed(f"The folder glue lacks {' and '.join(missing)}.")
        return cls(project, code, make_wheels)

    @property
    def requirements(self) -> Path:
        return self.project.root / "requirements.txt"

    @property
    def folder(self) -> str:
        digest = hashlib.sha256(json.dumps([PYTHON, PLATFORMS]).encode())
        for name, data in (*self.code.items(), ("wheels", self.requirements.read_bytes())):
            digest.update(name.encode())
            digest.update(hashlib.sha256(data).digest())
        return f"glue/{digest.hexdigest()[:20]}"

    def files(self) -> Iterator[tuple[str, Callable[[], bytes]]]:
        """Each file by its key, made only when it is asked for."""
        yield f"{self.folder}/{WHEELS}", lambda: self.make_wheels(self.requirements)
        yield f"{self.folder}/{CODE}", lambda: zipped(self.code)
        for name in SCRIPTS:
            yield f"{self.folder}/{name}", lambda name=name: self.code[f"glue/{name}"]  # type: ignore[misc]


def upload(target: Target, artefacts: Artefacts) -> list[str]:
    """Upload what is not there yet; return its keys."""
    s3, bucket = target.session.client("s3"), target.names.artefacts_bucket
    missing = [(key, make) for key, make in artefacts.files() if not _exists(s3, bucket, key)]
    for key, make in missing:
        s3.put_object(Bucket=bucket, Key=key, Body=make())
    return [key for key, _ in missing]


def _exists(s3: object, bucket: str, key: str) -> bool:
    try:
        s3.head_object(Bucket=bucket, Key=key)  # type: ignore[attr-defined]
    except ClientError as error:
        if error.response["Error"].get("Code") != "404":
            raise
        return False
    return True
