"""Start a local cloud, and deploy the repository's current state to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

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
from ops.local.database import READER, WRITER, prepare
from ops.local.fit import fitted
from ops.local.health import wait_until_healthy
from ops.local.home import Home
from ops.local.postgres import Postgres
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
        database_urls = self._database() if self.stage.attribution else {}
        with self.progress.line("Streams, buckets, tables") as line:
            line.outcome = deploy_backing(target).outcome
            # Before the functions, which refuse a key that isn't listed.
            StageKeys.of(target).register_default()
        package = self._package()
        with self.progress.line("Functions and API") as line:
            app = deploy_app(target, package, database_urls=database_urls)
            line.outcome = app.outcome
        api_id = app.outputs["RestAPIId"]
        with self.progress.line("Keys and limits") as line:
            wired = wire(target, api_id)
            keys = _own_keys(target, api_id)
            is_changed = bool(wired.changes) or any(key.is_new for key in keys.values())
            line.outcome = "set" if is_changed else "unchanged"
        values = {name: key.value for name, key in keys.items()}
        database_url = database_urls.get("DatabaseUrl", "")
        fields = {"api_key": wired.api_key, **values, "database_url": database_url}
        cloud = self._cloud(process, target, api_id, fields)
        with self.progress.line("Readiness") as line:
            wait_until_ready(target)
            wait_until_healthy(cloud)
            line.outcome = "all functions and event sources are ready"
        cloud.save(self.home)
        return cloud

    def _start(self, port: int | None) -> Process:
        with self.progress.line("Local cloud") as line:
            if process := ministack.running(self.home):
                if port not in {None, process.port}:
                    raise OperationFailed(
                        f"The local cloud is already running on port {process.port}.",
                        "Stop it first: `python -m ops down`.",
                    )
                line.outcome = f"already running at {process.endpoint}"
                return process
            ministack.refuse_a_hung_one(self.home)
            kept = self._move_away_what_a_crash_left()
            process = ministack.start(self.home, port or ministack.DEFAULT_PORT)
            line.outcome = f"started at {process.endpoint}, {kept}"
            return process

    def _move_away_what_a_crash_left(self) -> str:
        if ministack.crashed(self.home):
            # Its checkpoints are of streams that are gone.
            Postgres(self.home.postgres).stop()
            folder = self.home.move_away()
            return f"empty: the last run ended without saving; what it left is in {folder}"
        return "with its earlier data" if self.home.holds_data() else "empty"

    def _package(self) -> Package:
        with self.progress.line("Deployment package") as line:
            package = fitted(make_package(self.project, self.stage, REGION))
            size_mib = package.zip.stat().st_size / 2**20
            made = "built" if package.is_new else "unchanged"
            line.outcome = f"{made}, {size_mib:.1f} MiB"
        return package

    def _database(self) -> dict[str, str]:
        """Start attribution's database; return how the functions reach it."""
        server = Postgres(self.home.postgres)
        with self.progress.line("PostgreSQL") as line:
            applied = prepare(server)
            line.outcome = f"running, {len(applied)} migrations applied"
        logins = {"DatabaseUrl": WRITER, "DatabaseReaderUrl": READER}
        return {name: server.url(user=login) for name, login in logins.items()}

    def _cloud(
        self, process: Process, target: Target, api_id: str, fields: Mapping[str, str]
    ) -> Cloud:
        return Cloud(
            endpoint=process.endpoint,
            stage=target.names.stage,
            account=target.names.account,
            region=target.names.region,
            api_url=f"{process.endpoint}/restapis/{api_id}/{API_STAGE}/_user_request_",
            **fields,
            log_file=str(self.home.log_file),
            streams=self.stage.streams,
        )


def _own_keys(target: Target, api_id: str) -> dict[str, Ensured]:
    """The keys that the local cloud has besides the default one, by their fields in `Cloud`."""
    ensure = StageKeys.of(target).ensure(usage_plans(target, api_id))
    return {f"{scope}_key": ensure(name, scope) for name, scope in LOCAL_KEYS.items()}
