"""The paths of the repository."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ops.kit.errors import OperationFailed

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Project:
    root: Path = ROOT

    @property
    def app(self) -> Path:
        return self.root / "app.py"

    @property
    def infrastructure(self) -> Path:
        return self.root / "infrastructure"

    @property
    def backing_template(self) -> Path:
        return self.infrastructure / "backing.yaml"

    @property
    def monitoring_template(self) -> Path:
        return self.infrastructure / "monitoring.yaml"

    @property
    def app_overlay(self) -> Path:
        return self.infrastructure / "app-overlay.json"

    @property
    def stages_file(self) -> Path:
        return self.infrastructure / "stages.toml"

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

    def stage_config(self, stage: str) -> dict[str, Any]:
        """Return what .chalice/config.json has for a stage.

        Raises:
            OperationFailed: there is no such stage.
        """
        stages: dict[str, dict[str, Any]] = self.config["stages"]
        if stage not in stages:
            raise OperationFailed(
                f"There is no stage {stage}.", f"The stages are: {', '.join(stages)}."
            )
        return stages[stage]

    @property
    def packed_files(self) -> list[Path]:
        """The files that decide, with the configuration, what `chalice package` makes; sorted."""
        code = self.root / "chalicelib"
        return [
            self.app,
            self.root / "requirements.txt",
            self.app_overlay,
            *sorted(p for p in code.rglob("*") if p.is_file() and "__pycache__" not in p.parts),
        ]
