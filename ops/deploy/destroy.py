"""Take a stage down again: what was deployed always, what it holds only when told to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ops.chalice_path.chalice_app import ChaliceApp, RunChalice, run_chalice
from ops.cloudformation.stack import delete_stack, find_stack
from ops.deploy.admission import withdraw
from ops.deploy.data import delete_data, kept_data
from ops.deploy.steps import Step, do_all
from ops.kit.console import Progress
from ops.stage.path import Path, recorded_path
from ops.stage.target import Target


@dataclass(frozen=True, slots=True)
class Destroy:
    target: Target
    with_data: bool = False
    run: RunChalice = run_chalice
    progress: Progress = field(default_factory=Progress)

    def __call__(self) -> None:
        do_all(self.steps, self.progress)

    @property
    def steps(self) -> Sequence[Step]:
        steps = [
            Step("Key and limits", lambda: _whether(withdraw(self.target))),
            Step("Alarms, dashboards", lambda: self._stack(self.target.names.monitoring_stack)),
            Step("Functions and API", self._app),
            Step("Backing stack", lambda: self._stack(self.target.names.backing_stack)),
        ]
        return [*steps, Step("Data", self._data)] if self.with_data else steps

    def _app(self) -> str:
        if recorded_path(self.target) is Path.CHALICE:
            return _whether(ChaliceApp(self.target, self.run, self._say).delete())
        return self._stack(self.target.names.app_stack)

    def _stack(self, name: str) -> str:
        cloudformation = self.target.session.client("cloudformation")
        if find_stack(cloudformation, name) is None:
            return _whether(False)
        delete_stack(cloudformation, name)
        return _whether(True)

    def _data(self) -> str:
        kept = kept_data(self.target)
        for thing in kept:
            self._say(f"delete {thing}")
            delete_data(self.target, thing)
        return _whether(bool(kept))

    def _say(self, line: str) -> None:
        self.progress.console.print(f"    {line}", markup=False, soft_wrap=True)


def _whether(something: bool) -> str:
    return "deleted" if something else "was not there"
