"""A folder in place of a bucket: objects are read and written whole, as those of S3 are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from chalicelib.errors import ObjectMissing
from chalicelib.model.stored import NewObject, StoredObject

# Nothing else writes while a benchmark runs, so that no condition is ever refused.
_ETAG = "etag"


@dataclass(frozen=True, slots=True)
class Disk:
    folder: Path

    def keys(self, prefix: str) -> Sequence[str]:
        return sorted(f"{prefix}{path.name}" for path in (self.folder / prefix).iterdir())

    def sizes(self, prefix: str) -> Mapping[str, int]:
        return {key: (self.folder / key).stat().st_size for key in self.keys(prefix)}

    def get(self, key: str) -> StoredObject:
        try:
            return StoredObject((self.folder / key).read_bytes(), _ETAG)
        except FileNotFoundError as error:
            raise ObjectMissing(key) from error

    def etag(self, key: str) -> str:
        return self.get(key).etag

    def put_if(self, new: NewObject, etag: str | None) -> bool:  # noqa: ARG002  see above
        (self.folder / new.key).write_bytes(new.body)
        return True

    def delete_all_if(self, etags: Mapping[str, str]) -> Sequence[str]:
        for key in etags:
            (self.folder / key).unlink()
        return []
