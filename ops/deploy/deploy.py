"""Deploy a stage, whatever of it exists already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from chalicelib.ports import Clock
from chalicelib.wiring.world import now_ms
from ops.chalice_path.chalice_app import ChaliceApp, RunChalice, run_chalice
from ops.chalice_path.refusals import show_refusals
from ops.chalice_path.throttle import throttle_keyless_methods
from ops.chalice_path.write_config import apply, literals_for, plan_configuration
from ops.deploy.app import app_api, app_layer, deploy_app, functions_start, preview_app
from ops.deploy.attribution import (
    database_network,
    deploy_attribution,
    migrate_database,
    preview_attribution,
)
from ops.deploy.backing import deploy_backing, preview_backing
from ops.deploy.changeover import Changeover
from ops.deploy.missing_event_sources import bring_back_event_sources
from ops.deploy.monitoring import deploy_monitoring
from ops.deploy.ready import wait_until_ready
from ops.deploy.spark import SparkJobs
from ops.deploy.steps import Step, run_steps
from ops.deploy.wire import Wired, wire
from ops.keys.stage_keys import StageKeys
from ops.kit.console import Progress
from ops.packaging.package import make_package
from ops.stage.deployment_path import DeploymentPath
from ops.stage.target import Target


@dataclass(frozen=True, slots=True)
class Deploy:
    target: Target
    path: DeploymentPath
    layer_arn: str | None = None
    run: RunChalice = run_chalice
    progress: Progress = field(default_factory=Progress)
    # What the streams no longer hold has been rebuilt from the archive.
    is_rebuilt: bool = False
    now_ms: Clock = now_ms

    def __call__(self) -> None:
        run_steps(self.steps, self.progress)

    @property
    def steps(self) -> Sequence[Step]:
        configure = Step("Configuration", self._configure)
        backing = Step("Backing stack", self._backing)
        app = Step("Functions and API", self._app)
        wiring = Step("Event sources, key", self._wire)
        watching = Step("Alarms, dashboards", self._watch)
        ready = Step("Readiness", self._ready)
        begin = [configure] if self.path is DeploymentPath.CHALICE else []
        if self.target.stage.attribution:
            # After the backing stack, whose bucket holds the code of its jobs.
            database = Step("Attribution's database", self._database)
            schema = Step("Attribution's tables", self._migrate)
            return [backing, database, *begin, app, schema, wiring, watching, ready]
        return [*begin, backing, app, wiring, watching, ready]

    def _database(self) -> str:
        jobs = SparkJobs(self._changeover()).parameters()
        self._detail(preview_attribution(self.target, jobs))
        return deploy_attribution(self.target, jobs).outcome

    def _changeover(self) -> Changeover:
        return Changeover(self.target, self.now_ms(), self.is_rebuilt)

    def _migrate(self) -> str:
        wait_until_ready(self.target)
        migrated = migrate_database(self.target)
        self._detail([*migrated["migrations"], *migrated["logins"]])
        return f"{len(migrated['migrations'])} migrations applied"

    def _configure(self) -> str:
        target = self.target
        literals = literals_for(target, self.layer_arn, database_network(target))
        plan = plan_configuration(target.project, target.stage, literals)
        self._detail(plan.lines)
        apply(target.project, plan)
        return f"{len(plan)} files in .chalice changed" if plan else "unchanged"

    def _backing(self) -> str:
        self._detail(preview_backing(self.target, self.path))
        stack = deploy_backing(self.target, self.path)
        # Before the functions, which refuse a key that isn't listed.
        StageKeys.of(self.target).register_default()
        return stack.outcome

    def _app(self) -> str:
        if self.path is DeploymentPath.CHALICE:
            self.chalice.deploy()
            return "deployed by Chalice"
        target = self.target
        package = make_package(target.project, target.stage, target.names.region)
        layer = app_layer(target, self.layer_arn)
        database = database_network(target)
        starts_at = functions_start(self._changeover())
        self._detail(preview_app(target, package, layer, database, starts_at))
        return deploy_app(target, package, layer, database, starts_at=starts_at).outcome

    def _wire(self) -> str:
        wired = self.wired()
        self._detail(wired.changes)
        return wired.outcome

    def wired(self) -> Wired:
        api_id = self.api_id()
        brought_back = bring_back_event_sources(self.target, self.path)
        wired = wire(self.target, api_id)
        gateway = self._gateway(api_id) if self.path is DeploymentPath.CHALICE else []
        return replace(wired, changes=(*brought_back, *wired.changes, *gateway))

    def _gateway(self, api_id: str) -> list[str]:
        """Do what the template does on the package path."""
        lines = {
            "gateway responses carry CORS headers": show_refusals(self.target, api_id),
            "methods without a key are throttled": throttle_keyless_methods(self.target, api_id),
        }
        return [line for line, is_changed in lines.items() if is_changed]

    def api_id(self) -> str:
        return (
            self.chalice.api_id() if self.path is DeploymentPath.CHALICE else app_api(self.target)
        )

    def _watch(self) -> str:
        return deploy_monitoring(self.target, self.api_id()).outcome

    def _ready(self) -> str:
        wait_until_ready(self.target)
        return "all functions and event sources are ready"

    @property
    def chalice(self) -> ChaliceApp:
        return ChaliceApp(self.target, self.run, self.progress.detail)

    def _detail(self, lines: Sequence[str]) -> None:
        for line in lines:
            self.progress.detail(line)
