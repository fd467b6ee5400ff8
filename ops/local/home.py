"""The folder that holds everything a local cloud writes to disk."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from ops.kit.project import ROOT


@dataclass(frozen=True, slots=True)
class Home:
    root: Path = ROOT / ".eventstream" / "cloud"

    @property
    def process_file(self) -> Path:
        return self.root / "process.json"

    @property
    def cloud_file(self) -> Path:
        return self.root / "cloud.json"

    @property
    def log_file(self) -> Path:
        return self.root / "ministack.log"

    @property
    def lock_file(self) -> Path:
        return self.root / "lock"

    @property
    def services(self) -> Path:
        return self.root / "services"

    @property
    def objects(self) -> Path:
        return self.root / "objects"

    @property
    def postgres(self) -> Path:
        return self.root / "postgres"

    @property
    def scratch(self) -> Path:
        return self.root / "tmp"

    def holds_data(self) -> bool:
        return any(self.services.glob("*.json"))

    def create(self) -> None:
        """Make the folders, which hold keys and events, for their user alone."""
        for folder in (self.services, self.objects, self.scratch):
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(0o700)

    def discard_scratch(self) -> None:
        shutil.rmtree(self.scratch, ignore_errors=True)
        self.cloud_file.unlink(missing_ok=True)

    def move_away(self) -> Path:
        """Move its data and log to a new folder."""
        folder = next(f for n in count(1) if not (f := self.root / f"crashed-{n}").exists())
        folder.mkdir()
        self.discard_scratch()
        for part in (self.services, self.objects, self.postgres, self.log_file):
            if part.exists():
                part.rename(folder / part.name)
        # Last, so that an interrupted move is completed by the next one.
        self.process_file.unlink(missing_ok=True)
        return folder

    def discard_data(self) -> None:
        self.discard_scratch()
        for crashed in self.root.glob("crashed-*"):
            shutil.rmtree(crashed, ignore_errors=True)
        shutil.rmtree(self.services, ignore_errors=True)
        shutil.rmtree(self.objects, ignore_errors=True)
        shutil.rmtree(self.postgres, ignore_errors=True)
        self.process_file.unlink(missing_ok=True)
