"""Delete what a stage deployed, and its data only if asked to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ops.chalice_path.chalice_app import ChaliceApp, RunChalice, run_chalice
from ops.cloudformation.stack import delete_stack, find_stack
from ops.deploy.admission import withdraw
from ops.deploy.attribution import destroy_attribution
from ops.deploy.data import delete_data, kept_data
from ops.deploy.steps import Step, run_steps
from ops.kit.console import Progress
from ops.stage.deployment_path import DeploymentPath, recorded_path
from ops.stage.target import Target


@dataclass(frozen=True, slots=True)
class Destroy:
    target: Target
    with_data: bool = False
    run: RunChalice = run_chalice
    progress: Progress = field(default_factory=Progress)

    def __call__(self) -> None:
        run_steps(self.steps, self.progress)

    def consequences(self) -> Iterator[str]:
        yield "delete functions, API, key, streams, queues, topics, state machine, alarms"
        for thing in kept_data(self.target):
            yield f"{'delete for good:' if self.with_data else 'keep'} {thing}"

    @property
    def steps(self) -> Sequence[Step]:
        steps = [
            Step("Key and limits", lambda: _outcome(withdraw(self.target))),
            Step("Alarms, dashboards", lambda: self._stack(self.target.names.monitoring_stack)),
            Step("Functions and API", self._app),
            Step("Attribution's database", lambda: _outcome(destroy_attribution(self.target))),
            Step("Backing stack", lambda: self._stack(self.target.names.backing_stack)),
        ]
        return [*steps, Step("Data", self._data)] if self.with_data else steps

    def _app(self) -> str:
        if recorded_path(self.target) is DeploymentPath.CHALICE:
            return _outcome(ChaliceApp(self.target, self.run, self.progress.detail).delete())
        return self._stack(self.target.names.app_stack)

    def _stack(self, name: str) -> str:
        cloudformation = self.target.session.client("cloudformation")
        if find_stack(cloudformation, name) is None:
            return _outcome(False)
        delete_stack(cloudformation, name)
        return _outcome(True)

    def _data(self) -> str:
        kept = kept_data(self.target)
        for thing in kept:
            self.progress.detail(f"delete {thing}")
            delete_data(self.target, thing)
        return _outcome(bool(kept))


def _outcome(deleted: bool) -> str:
    return "deleted" if deleted else "did not exist"
