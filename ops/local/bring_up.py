"""Bring a local cloud to where the repository is: started, deployed, wired, ready."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ops.cloudformation.stack import Stack
from ops.deploy.app import deploy_app
from ops.deploy.backing import deploy_backing
from ops.deploy.ready import wait_until_ready
from ops.deploy.wire import wire
from ops.keys.ensure_key import Ensured
from ops.keys.local_keys import LOCAL_KEYS
from ops.keys.stage_keys import StageKeys, usage_plans
from ops.kit.console import Progress
from ops.kit.errors import OperationFailed
from ops.kit.project import Project
from ops.local import ministack
from ops.local.cloud import Cloud
from ops.local.fit import fitted
from ops.local.health import wait_until_healthy
from ops.local.home import Home
from ops.local.process import Process
from ops.local.session import REGION, local_session
from ops.packaging.package import Package, make_package
from ops.stage.names import API_STAGE
from ops.stage.stages import LOCAL, Stage
from ops.stage.target import Target


@dataclass(frozen=True, slots=True)
class BringUp:
    home: Home
    project: Project = field(default_factory=Project)
    stage: Stage = LOCAL
    progress: Progress = field(default_factory=Progress)

    def __call__(self, port: int | None = None) -> Cloud:
        process = self._start(port)
        target = Target.of(local_session(process.endpoint), self.stage, self.project)
        with self.progress.step("Streams, buckets, tables") as step:
            step.outcome = _told(deploy_backing(target))
            # Before the functions, which refuse a key that isn't listed.
            StageKeys.of(target).register_default()
        package = self._package()
        with self.progress.step("Functions and API") as step:
            app = deploy_app(target, package)
            step.outcome = _told(app)
        api_id = app.outputs["RestAPIId"]
        with self.progress.step("Keys and limits") as step:
            wired = wire(target, api_id)
            keys = _own_keys(target, api_id)
            is_changed = wired.changed or any(key.is_new for key in keys.values())
            step.outcome = "set" if is_changed else "unchanged"
        values = {name: key.value for name, key in keys.items()}
        cloud = self._cloud(process, target, api_id, {"api_key": wired.api_key, **values})
        with self.progress.step("Readiness") as step:
            wait_until_ready(target)
            wait_until_healthy(cloud)
            step.outcome = "every function and event source is ready"
        cloud.save(self.home)
        return cloud

    def _start(self, port: int | None) -> Process:
        with self.progress.step("Local cloud") as step:
            if process := ministack.running(self.home):
                if port not in {None, process.port}:
                    raise OperationFailed(
                        f"The local cloud runs on port {process.port} already.",
                        "Take it down first: `python -m ops down`.",
                    )
                step.outcome = f"already running at {process.endpoint}"
                return process
            ministack.refuse_beside_a_hung_one(self.home)
            kept = self._set_aside_what_a_crash_left()
            process = ministack.start(self.home, port or ministack.DEFAULT_PORT)
            step.outcome = f"started at {process.endpoint}, {kept}"
            return process

    def _set_aside_what_a_crash_left(self) -> str:
        if ministack.crashed(self.home):
            aside = self.home.set_aside()
            return f"empty: the last run ended without saving, what it left is in {aside}"
        return "with what it held before" if self.home.holds_data() else "empty"

    def _package(self) -> Package:
        with self.progress.step("Deployment package") as step:
            package = fitted(make_package(self.project, self.stage.name, REGION))
            size_mib = package.zip.stat().st_size / 2**20
            made = "made" if package.is_new else "unchanged"
            step.outcome = f"{made}, {size_mib:.1f} MiB"
        return package

    def _cloud(
        self, process: Process, target: Target, api_id: str, keys: Mapping[str, str]
    ) -> Cloud:
        return Cloud(
            endpoint=process.endpoint,
            stage=target.names.stage,
            account=target.names.account,
            region=target.names.region,
            api_url=f"{process.endpoint}/restapis/{api_id}/{API_STAGE}/_user_request_",
            **keys,
            log_file=str(self.home.log_file),
        )


def _own_keys(target: Target, api_id: str) -> dict[str, Ensured]:
    """The keys that the local cloud has beside the default one, by their fields in `Cloud`."""
    ensure = StageKeys.of(target).ensure(usage_plans(target, api_id))
    return {f"{scope}_key": ensure(name, scope) for name, scope in LOCAL_KEYS.items()}


def _told(stack: Stack) -> str:
    return "deployed" if stack.changed else "unchanged"
