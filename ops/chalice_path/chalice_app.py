"""Step 2, the chalice path: `chalice deploy` with what it remembers shared among a team."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ops.chalice_path.chalice_state import ChaliceState
from ops.kit.errors import OperationFailed
from ops.stage.target import Target

API = "rest_api"

Say = Callable[[str], None]
# Runs Chalice's command line in a folder, for a region, and hands on each line that it prints.
RunChalice = Callable[[Sequence[str], Path, str, Say], None]


@dataclass(frozen=True, slots=True)
class ChaliceApp:
    target: Target
    run: RunChalice
    say: Say

    @property
    def state(self) -> ChaliceState:
        return ChaliceState(self.target)

    def deploy(self) -> None:
        with self.state.shared():
            self._chalice("deploy")

    def delete(self) -> bool:
        """Whether there was anything to delete."""
        self.state.fetch()
        resources = self.state.read()
        if resources:
            self._chalice("delete")
        self.state.forget()
        return bool(resources)

    def api_id(self) -> str:
        """The REST API that Chalice made.

        Raises:
            OperationFailed: it made none yet.
        """
        # Shared, because Chalice may have been run without us in the meantime.
        self.state.catch_up()
        found = self.state.read().get(API)
        if found is None:
            raise OperationFailed(
                f"`chalice deploy` never finished for stage {self.target.names.stage}.",
                f"Run `python -m ops deploy --stage {self.target.names.stage}`.",
            )
        return str(found["rest_api_id"])

    def _chalice(self, command: str) -> None:
        arguments = [command, "--stage", self.target.names.stage]
        self.run(arguments, self.target.project.root, self.target.names.region, self.say)


def run_chalice(arguments: Sequence[str], folder: Path, region: str, say: Say) -> None:
    """Run it as a process of its own, with the identity that this process has in AWS.

    Raises:
        OperationFailed: with the last lines of what it said.
    """
    lines: list[str] = []
    with subprocess.Popen(
        [sys.executable, "-m", "ops.chalice_path.chalice_cli", *arguments],
        cwd=folder,
        env={**os.environ, "AWS_DEFAULT_REGION": region, "PYTHONUNBUFFERED": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        for line in process.stdout or ():
            lines.append(line.rstrip())
            say(lines[-1])
    if process.returncode:
        raise OperationFailed(f"`chalice {arguments[0]}` failed.", "\n".join(lines[-15:]))
