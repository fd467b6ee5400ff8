"""Where things are in the repository."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Project:
    root: Path = ROOT

    @property
    def backing_template(self) -> Path:
        return self.root / "infrastructure" / "backing.yaml"

    @property
    def monitoring_template(self) -> Path:
        return self.root / "infrastructure" / "monitoring.yaml"

    @property
    def app_overlay(self) -> Path:
        return self.root / "infrastructure" / "app-overlay.json"

    @property
    def stages_file(self) -> Path:
        return self.root / "infrastructure" / "stages.toml"

    @property
    def packages(self) -> Path:
        return self.root / ".eventstream" / "packages"

    @property
    def chalice(self) -> Path:
        return self.root / ".chalice"

    @property
    def config(self) -> dict[str, Any]:
        loaded: dict[str, Any] = json.loads((self.chalice / "config.json").read_text())
        return loaded

    @property
    def packed_files(self) -> list[Path]:
        """What decides what `chalice package` makes beside its configuration, in a fixed order."""
        code = self.root / "chalicelib"
        return [
            self.root / "app.py",
            self.root / "requirements.txt",
            self.app_overlay,
            *sorted(p for p in code.rglob("*") if p.is_file() and "__pycache__" not in p.parts),
        ]
