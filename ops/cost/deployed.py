"""What of a deployment decides its price, read from the files that deploy it."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ops.cloudformation.template import read_template
from ops.kit.errors import OperationFailed
from ops.kit.project import ROOT, Project
from ops.stage.stages import read_stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """`states` are those that one run of the rollup passes, `states_an_hour` its Map's own.

    `alarms` counts each metric of an alarm that calculates with several, as the bill does.
    """

    stage: str
    memory_mb: Mapping[str, int]
    batch_size: int
    window_s: int
    states: int
    states_an_hour: int
    cold_days: float
    stream_retention_hours: int
    log_days: int
    alarms: int = 0
    dashboards: int = 0
    traced: bool = False


def read(stage: str, root: Path = ROOT) -> Deployment:
    """Read a stage's deployment.

    Raises:
        OperationFailed: there is no such stage.
    """
    config = json.loads((root / ".chalice" / "config.json").read_text())
    if stage not in config["stages"]:
        known = ", ".join(config["stages"])
        raise OperationFailed(f"There is no stage {stage}.", f"There are: {known}.")
    variables = config["stages"][stage]["environment_variables"]
    backing = _with_own(
        read_template(root / "infrastructure" / "backing.yaml"),
        read_stage(Project(root), stage).backing,
    )
    machine = json.loads((root / "stepfunctions" / "hourly_rollup.asl.json").read_text())
    made = _watching(root / "infrastructure")
    maps = [state for state in machine["States"].values() if state["Type"] == "Map"]
    return Deployment(
        stage=stage,
        memory_mb=_memory(config, stage),
        batch_size=int(variables["KINESIS_BATCH_SIZE"]),
        window_s=int(variables["KINESIS_BATCHING_WINDOW_S"]),
        states=_longest(machine, machine["StartAt"]),
        states_an_hour=sum(
            _longest(one["ItemProcessor"], one["ItemProcessor"]["StartAt"]) for one in maps
        ),
        cold_days=_cold_days(backing),
        stream_retention_hours=int(backing["Parameters"]["StreamRetentionHours"]["Default"]),
        log_days=int(backing["Parameters"]["LogRetentionDays"]["Default"]),
        alarms=made["AWS::CloudWatch::Alarm"],
        dashboards=made["AWS::CloudWatch::Dashboard"],
        traced=config["stages"][stage].get("xray", config.get("xray", False)),
    )


def _with_own(template: Mapping[str, Any], own: Mapping[str, str]) -> Mapping[str, Any]:
    """Put what a stage has decided in place of the defaults."""
    parameters = {
        name: parameter | ({"Default": own[name]} if name in own else {})
        for name, parameter in template["Parameters"].items()
    }
    return {**template, "Parameters": parameters}


def _memory(config: Mapping[str, Any], stage: str) -> dict[str, int]:
    own = config["stages"][stage].get("lambda_functions", {})
    return {
        name: own.get(name, {}).get("lambda_memory_size", settings["lambda_memory_size"])
        for name, settings in config["lambda_functions"].items()
    }


def _watching(folder: Path) -> Counter[str]:
    made: Counter[str] = Counter()
    for path in sorted(folder.glob("*.yaml")):
        for resource in read_template(path).get("Resources", {}).values():
            metrics = resource.get("Properties", {}).get("Metrics", [])
            watched = [one for one in metrics if "MetricStat" in one] if metrics else []
            made[resource["Type"]] += len(watched) or 1
    return made


def _cold_days(backing: Mapping[str, Any]) -> float:
    """Find after how many days raw objects go cold, wherever a condition may have put it."""

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

    return min(found(backing["Resources"]["RawBucket"]), default=math.inf)


def _value(template: Mapping[str, Any], value: Any) -> Any:
    """Read a parameter's default where a parameter is named."""
    if isinstance(value, Mapping):
        return template["Parameters"][value["Ref"]]["Default"]
    return value


def _longest(machine: Mapping[str, Any], name: str) -> int:
    """Count the states of the longest way through, on which nothing has to be caught."""
    state = machine["States"][name]
    followers = [choice["Next"] for choice in state.get("Choices", [])]
    followers += [state[key] for key in ("Next", "Default") if key in state]
    return 1 + max((_longest(machine, follower) for follower in followers), default=0)
