"""Where things are in the repository."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Project:
    root: Path = ROOT

    @property
    def backing_template(self) -> Path:
        return self.root / "infrastructure" / "backing.yaml"

    @property
    def app_overlay(self) -> Path:
        return self.root / "infrastructure" / "app-overlay.json"

    @property
    def packages(self) -> Path:
        return self.root / ".eventstream" / "packages"

    @property
    def stages(self) -> list[str]:
        return list(json.loads((self.root / ".chalice" / "config.json").read_text())["stages"])

    @property
    def packed_files(self) -> list[Path]:
        """Everything that decides what `chalice package` makes, in a fixed order."""
        chalice = self.root / ".chalice"
        code = self.root / "chalicelib"
        return [
            self.root / "app.py",
            self.root / "requirements.txt",
            self.app_overlay,
            chalice / "config.json",
            *sorted((chalice / "policies").glob("*.json")),
            *sorted(p for p in code.rglob("*") if p.is_file() and "__pycache__" not in p.parts),
        ]
