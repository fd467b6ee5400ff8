"""What `chalice deploy` remembers of a stage, shared through the bucket of artefacts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from ops.kit.errors import OperationFailed
from ops.stage.target import Target

_MISSING = {"NoSuchKey", "404"}
_RACED = {"PreconditionFailed", "ConditionalRequestConflict", "412"}


@dataclass(frozen=True, slots=True)
class ChaliceState:
    """The file on this machine and the object that everybody sees; the object is the truth."""

    target: Target

    @property
    def file(self) -> Path:
        return self.target.project.chalice / "deployed" / f"{self.target.names.stage}.json"

    @property
    def key(self) -> str:
        return f"chalice/deployed/{self.target.names.stage}.json"

    @property
    def note(self) -> Path:
        """Which version of the object the file was like, and a digest of the file then."""
        return self.file.with_suffix(".taken")

    def fetch(self) -> str | None:
        """Take over what the bucket has; the version taken, or nothing where it has none.

        A file that Chalice alone has changed since is newer than the object, and stays.

        Raises:
            OperationFailed: nobody shared any, and the one on this machine is another account's;
                or both the file and the object have changed since they were alike.
        """
        s3 = self.target.session.client("s3")
        try:
            found = s3.get_object(Bucket=self.target.names.artefacts_bucket, Key=self.key)
        except ClientError as error:
            if error.response["Error"].get("Code") not in _MISSING:
                raise
            self._refuse_what_is_not_of_here()
            return None
        if not self._has_news(found["ETag"]):
            self.file.parent.mkdir(parents=True, exist_ok=True)
            self.file.write_bytes(found["Body"].read())
            self._take_note(found["ETag"])
        return found["ETag"]

    def share(self, taken: str | None) -> None:
        """Put the file back, unless somebody else did in the meantime."""
        if not self.file.exists():
            return
        condition: dict[str, Any] = {"IfMatch": taken} if taken else {"IfNoneMatch": "*"}
        try:
            put = self.target.session.client("s3").put_object(
                Bucket=self.target.names.artefacts_bucket,
                Key=self.key,
                Body=self.file.read_bytes(),
                **condition,
            )
        except ClientError as error:
            if error.response["Error"].get("Code") not in _RACED:
                raise
            raise OperationFailed(
                "Somebody else deployed this stage at the same time.",
                "Agree on who goes on; then deploy again, from the newer code.",
            ) from error
        self._take_note(put["ETag"])

    def catch_up(self) -> None:
        """Take over what the bucket has, or share what only this machine knows."""
        taken = self.fetch()
        if self._is_changed():
            self.share(taken)

    def read(self) -> dict[str, Any]:
        """The resources by name; none where nothing was deployed."""
        if not self.file.exists():
            return {}
        resources = json.loads(self.file.read_text())["resources"]
        return {resource["name"]: resource for resource in resources}

    def event_source_of(self, lambda_arn: str) -> str | None:
        """Return the UUID of the event source that Chalice made for a function, if it made one."""
        return next(
            (
                str(one["event_uuid"])
                for one in self.read().values()
                if one.get("lambda_arn") == lambda_arn and "event_uuid" in one
            ),
            None,
        )

    def note_event_source(self, lambda_arn: str, uuid: str) -> None:
        """Let Chalice take an event source that replaces its own for its own."""
        document = json.loads(self.file.read_text())
        for one in document["resources"]:
            if one.get("lambda_arn") == lambda_arn and "event_uuid" in one:
                one["event_uuid"] = uuid
        self.file.write_text(json.dumps(document, indent=2))

    def forget(self) -> None:
        self.file.unlink(missing_ok=True)
        self.note.unlink(missing_ok=True)
        self.target.session.client("s3").delete_object(
            Bucket=self.target.names.artefacts_bucket, Key=self.key
        )

    @contextmanager
    def shared(self) -> Iterator[None]:
        """Around whatever changes it: shared afterwards even if that fails half way."""
        taken = self.fetch()
        try:
            yield
        finally:
            self.share(taken)

    def _has_news(self, current: str) -> bool:
        if not self.note.exists() or not self._is_changed():
            return False
        if self.note.read_text().split()[0] != current:
            raise OperationFailed(
                f"`chalice` changed {self.file.name} here, and so did somebody else elsewhere.",
                f"Move {self.file} away to go on with theirs; it names what was made from here.",
            )
        return True

    def _is_changed(self) -> bool:
        if not self.file.exists():
            return False
        return not self.note.exists() or self.note.read_text().split()[1] != self._digest()

    def _take_note(self, version: str) -> None:
        self.note.write_text(f"{version} {self._digest()}\n")

    def _digest(self) -> str:
        return hashlib.sha256(self.file.read_bytes()).hexdigest()

    def _refuse_what_is_not_of_here(self) -> None:
        names = self.target.names
        here = f":{names.region}:{names.account}:"
        arns = [
            value
            for resource in self.read().values()
            for key, value in resource.items()
            if key == "lambda_arn"
        ]
        if any(here not in arn for arn in arns):
            raise OperationFailed(
                f"{self.file} speaks of another account or region.",
                "It is git-ignored and of no use here: move it away, and deploy again.",
            )
