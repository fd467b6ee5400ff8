"""The Spark jobs of attribution: what a streaming job costs that runs all the time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ops.cloudformation.template import read_template
from ops.cost.quantity import Quantity
from ops.cost.workload import HOURS
from ops.kit.project import Project
from ops.stage.stages import Stage

# What Glue bills of each type of worker, in data processing units.
DPUS = {"G.025X": 0.25, "G.1X": 1.0, "G.2X": 2.0, "G.4X": 4.0, "G.8X": 8.0}
# Glue, Kinesis, logs and metrics, in one zone.
ENDPOINTS = 4


@dataclass(frozen=True, slots=True)
class SparkJobs:
    """The workers of the streaming job; none where functions attribute."""

    workers: int = 0
    worker_type: str = "G.1X"

    @property
    def dpus(self) -> float:
        return self.workers * DPUS[self.worker_type]


def jobs_of(stage: Stage, project: Project) -> SparkJobs:
    """Read a stage's jobs from its parameters, or else from the template of attribution."""
    if not stage.attributes_by_spark:
        return SparkJobs()
    parameters = read_template(project.infrastructure / "attribution.yaml")["Parameters"]
    found = {name: one.get("Default") for name, one in parameters.items()}
    found |= stage.database
    return SparkJobs(int(found["StreamWorkers"]), str(found["StreamWorkerType"]))


def lines(jobs: SparkJobs) -> Iterator[Quantity]:
    hours = HOURS if jobs.workers else 0
    workers = f"{jobs.workers} workers {jobs.worker_type} of {DPUS[jobs.worker_type]:g} DPU"
    yield Quantity("glue_dpu_hours", jobs.dpus * hours, f"{workers}, {hours} hours")
    yield Quantity("job_endpoint_hours", ENDPOINTS * hours, f"{ENDPOINTS} in one zone")
