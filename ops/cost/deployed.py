"""The settings of a deployment that decide its price, read from the files that deploy it."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ops.cloudformation.template import read_template
from ops.cost.spark import SparkJobs, jobs_of
from ops.kit.project import ROOT, Project
from ops.packaging.each_function import read_whole_template
from ops.packaging.not_there import without_what_is_not_there
from ops.packaging.tracing import is_traced
from ops.stage.names import API_HANDLER
from ops.stage.stages import Stage, read_stage
from ops.stage.triggers import functions_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """`states` are those that a rollup run enters, `states_an_hour` those of its Map per hour.

    `alarms` counts every metric of an alarm with a metric expression, as AWS bills them.
    `traced_share` is that of the API's requests; `traced_functions` says whether the functions
    that AWS's services call are traced, too.
    """

    stage: str
    functions: Sequence[str]
    memory_mb: Mapping[str, int]
    batch_size: int
    window_s: int
    queue_batch_size: int
    queue_window_s: int
    states: int
    states_an_hour: int
    cold_days: float
    lake_tiered_days: float
    stream_retention_hours: int
    log_days: int
    # From this size on, answers are compressed for clients that accept it.
    compressed_from_bytes: float = math.inf
    alarms: int = 0
    dashboards: int = 0
    traced_share: float = 0
    traced_functions: bool = False
    own_streams: bool = False
    attribution: bool = False
    database_class: str = "db.t4g.micro"
    database_storage_gb: int = 0
    database_copies: int = 1
    nat_gateways: int = 0
    interface_endpoints: int = 0
    spark: SparkJobs = field(default_factory=SparkJobs)

    @property
    def attributes_by_function(self) -> bool:
        return self.attribution and not self.spark.workers


def read(stage: str, root: Path = ROOT, *, attribution: bool = False) -> Deployment:
    """Read a stage's deployment, as it would be with attribution if that is asked for.

    Raises:
        OperationFailed: there is no such stage.
    """
    project = Project(root)
    stated = read_stage(project, stage)
    as_set = replace(stated, attribution=True, own_streams=None) if attribution else stated
    config, own = project.config, project.stage_config(stage)
    variables = own["environment_variables"]
    template = read_template(project.backing_template)
    backing = _with_own(template, as_set.backing)
    machine = json.loads((root / "stepfunctions" / "hourly_rollup.asl.json").read_text())
    made = _watching(project, as_set)
    maps = [state for state in machine["States"].values() if state["Type"] == "Map"]
    return Deployment(
        stage=stage,
        functions=functions_of(project, as_set),
        memory_mb=_memory(config, own),
        batch_size=int(variables["KINESIS_BATCH_SIZE"]),
        window_s=int(variables["KINESIS_BATCHING_WINDOW_S"]),
        queue_batch_size=int(variables["SQS_BATCH_SIZE"]),
        queue_window_s=int(variables.get("SQS_BATCHING_WINDOW_S", 0)),
        states=_longest(machine, machine["StartAt"]),
        states_an_hour=sum(
            _longest(one["ItemProcessor"], one["ItemProcessor"]["StartAt"]) for one in maps
        ),
        cold_days=_cold_days(backing, "RawBucket"),
        lake_tiered_days=_cold_days(backing, "LakeBucket"),
        stream_retention_hours=int(backing["Parameters"]["StreamRetentionHours"]["Default"]),
        log_days=int(backing["Parameters"]["LogRetentionDays"]["Default"]),
        compressed_from_bytes=config.get("minimum_compression_size", math.inf),
        alarms=made["AWS::CloudWatch::Alarm"],
        dashboards=made["AWS::CloudWatch::Dashboard"],
        traced_share=_traced_share(config, stage, root),
        traced_functions=is_traced(config, stage, "process_events"),
        own_streams=as_set.has_own_streams,
        **_database(project, as_set),
        spark=jobs_of(as_set, project),
    )


def _database(project: Project, stage: Stage) -> dict[str, Any]:
    if not stage.attribution:
        return {}
    template = read_template(project.infrastructure / "attribution.yaml")
    parameters = _with_own(template, stage.database)["Parameters"]
    found = {name: str(parameter["Default"]) for name, parameter in parameters.items()}
    endpoints = [found[name] == "true" for name in ("SecretsEndpoint", "GlueEndpoint")]
    return {
        "attribution": True,
        "database_class": found["InstanceClass"],
        "database_storage_gb": int(found["StorageGb"]),
        "database_copies": 2 if found["MultiAz"] == "true" else 1,
        "nat_gateways": int(found["NatGateway"] == "true"),
        "interface_endpoints": sum(endpoints),
    }


def _traced_share(config: Mapping[str, Any], stage: str, root: Path) -> float:
    if not is_traced(config, stage, API_HANDLER):
        return 0
    template = read_template(Project(root).monitoring_template)
    own = read_stage(Project(root), stage).monitoring
    return float(_with_own(template, own)["Parameters"]["TracedShare"]["Default"])


def _with_own(template: Mapping[str, Any], own: Mapping[str, str]) -> Mapping[str, Any]:
    """Replace the defaults with the stage's own parameters."""
    parameters = {
        name: parameter | ({"Default": own[name]} if name in own else {})
        for name, parameter in template["Parameters"].items()
    }
    return {**template, "Parameters": parameters}


def _memory(config: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, int]:
    functions = own.get("lambda_functions", {})
    return {
        name: functions.get(name, {}).get("lambda_memory_size", settings["lambda_memory_size"])
        for name, settings in config["lambda_functions"].items()
    }


def _watching(project: Project, stage: Stage) -> Counter[str]:
    made: Counter[str] = Counter()
    for path in sorted(project.infrastructure.glob("*.yaml")):
        template = read_template(path)
        if path == project.monitoring_template:
            template = read_whole_template(project, "monitoring", stage)
            template = without_what_is_not_there(template, project, stage)
        for resource in template.get("Resources", {}).values():
            metrics = resource.get("Properties", {}).get("Metrics", [])
            watched = [one for one in metrics if "MetricStat" in one] if metrics else []
            made[resource["Type"]] += len(watched) or 1
    return made


def _cold_days(backing: Mapping[str, Any], bucket: str) -> float:
    """Find after how many days a bucket's objects go to a cheaper class, inside any condition."""

    def found(part: object) -> Iterator[float]:
        if isinstance(part, Mapping):
            days = part.get("TransitionInDays")
            if days is not None:
                yield float(_value(backing, days))
        inner = (
            part.values() if isinstance(part, Mapping) else part if isinstance(part, list) else ()
        )
        for one in inner:
            yield from found(one)

    return min(found(backing["Resources"][bucket]), default=math.inf)


def _value(template: Mapping[str, Any], value: Any) -> Any:
    """Resolve a reference to a parameter to its default."""
    if isinstance(value, Mapping):
        return template["Parameters"][value["Ref"]]["Default"]
    return value


def _longest(machine: Mapping[str, Any], name: str) -> int:
    """Count the states on the longest path without errors."""
    state = machine["States"][name]
    followers = [choice["Next"] for choice in state.get("Choices", [])]
    followers += [state[key] for key in ("Next", "Default") if key in state]
    return 1 + max((_longest(machine, follower) for follower in followers), default=0)
