"""What the attribution stack needs to know of the Spark jobs: code, and where they begin."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.model.instant import to_text
from ops.cloudformation.stack import find_stack, parameters_of
from ops.deploy.changeover import Changeover, functions_attribute
from ops.glue.artefacts import Artefacts, upload
from ops.glue.jobs import running
from ops.kit.errors import OperationFailed
from ops.stage.target import Target

OLDEST = "TRIM_HORIZON"
BEGINNING = ("JobStartsAt", "JobCheckpoints")


@dataclass(frozen=True, slots=True)
class SparkJobs:
    """`artefacts` are those of the repository; their folder is the jobs' version."""

    changeover: Changeover
    artefacts: Artefacts | None = None

    @property
    def target(self) -> Target:
        return self.changeover.target

    def parameters(self) -> dict[str, str]:
        """Upload the code where the stage has Spark jobs, and return the stack's parameters.

        Raises:
            OperationFailed: a job still runs that would go, or the streams have lost records.
        """
        if not self.target.stage.attributes_by_spark:
            self._refuse_running()
            return {"SparkJobs": "false"}
        artefacts = self.artefacts or Artefacts.of(self.target.project)
        upload(self.target, artefacts)
        return {"SparkJobs": "true", "JobArtefacts": artefacts.folder, **self._beginning()}

    def _beginning(self) -> dict[str, str]:
        """What the deployed job began with, until the functions have taken its place."""
        stack = find_stack(
            self.target.session.client("cloudformation"), self.target.names.attribution_stack
        )
        deployed = parameters_of(stack) if stack else {}
        if deployed.get("SparkJobs") == "true" and not functions_attribute(self.target):
            return {name: deployed[name] for name in BEGINNING}
        position_ms = self.changeover.position_ms()
        starts_at = OLDEST if position_ms is None else f"{to_text(position_ms)[:19]}Z"
        return dict(zip(BEGINNING, (starts_at, self._folder()), strict=True))

    def _folder(self) -> str:
        """A new one, since the checkpoints of an earlier time with the job are behind."""
        return "".join(one for one in to_text(self.changeover.now_ms)[:19] if one.isalnum())

    def _refuse_running(self) -> None:
        if run := running(self.target):
            raise OperationFailed(
                f"The Spark job still attributes, as run {run.run_id}.",
                f"Stop it first: `python -m ops glue stop --stage {self.target.names.stage}`.",
            )
