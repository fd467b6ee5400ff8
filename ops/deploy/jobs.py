"""Deploy the code of the Spark jobs alone, as a build does after the stage's own deployment."""

from __future__ import annotations

from chalicelib.wiring.world import now_ms
from ops.deploy.attribution import deploy_attribution
from ops.deploy.changeover import Changeover, functions_attribute
from ops.deploy.spark import SparkJobs
from ops.glue.jobs import running
from ops.kit.errors import OperationFailed
from ops.stage.target import Target


def deploy_jobs(target: Target) -> str:
    """Return what was done, in one sentence.

    Raises:
        OperationFailed: the functions still attribute, so that the stage is to change over first.
    """
    stage = target.names.stage
    if not target.stage.attributes_by_spark:
        return f"Stage {stage} has no Spark jobs; nothing was deployed."
    if functions_attribute(target):
        raise OperationFailed(
            f"The functions of stage {stage} still attribute.",
            f"Change over first: `python -m ops deploy --stage {stage}`.",
        )
    outcome = deploy_attribution(target, SparkJobs(Changeover(target, now_ms())).parameters())
    run = running(target)
    waits = f" Run {run.run_id} works with the code that it began with." if run else ""
    return f"Jobs of stage {stage}: {outcome.outcome}.{waits}"
