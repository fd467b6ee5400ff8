"""What differs between stages, apart from names."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from typing import Any

from chalicelib.model.scope import Scope
from chalicelib.settings.streams import OwnStreams
from ops.kit.errors import OperationFailed
from ops.kit.project import Project
from ops.stage.names import OWN_STREAMS, STREAMS


@dataclass(frozen=True, slots=True)
class Limits:
    """What the keys of one scope may ask for; a quota of None or 0 is none."""

    rate_per_s: int
    burst: int
    daily_quota: int | None = None


class AttributedBy(StrEnum):
    """Who attributes clicks to checkouts: two functions, or one Spark job."""

    FUNCTION = "function"
    SPARK = "spark"


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage's limits for its clients, and its parameters for the stacks."""

    name: str
    rate_per_s: int = 1_000
    burst: int = 2_000
    # 290 requests a second all day: a write key may be public, and anybody can use up its rate.
    daily_quota: int | None = 25_000_000
    # A dashboard that is left open asks about once a second.
    read: Limits = Limits(rate_per_s=50, burst=100, daily_quota=1_000_000)
    admin: Limits = Limits(rate_per_s=10, burst=20, daily_quota=100_000)
    # Of each method that needs no key, which no usage plan limits.
    keyless_rate_per_s: int = 100
    keyless_burst: int = 200
    # Whether clicks are attributed to checkouts, in PostgreSQL.
    attribution: bool = False
    attribution_by: AttributedBy = AttributedBy.FUNCTION
    # When the Spark job is started and stopped; None leaves that to people.
    attribution_job_starts: str | None = None
    attribution_job_stops: str | None = None
    # Whether clicks and checkouts have streams of their own; None follows attribution.
    own_streams: OwnStreams | None = None
    # Whether a schedule sends made-up visitors, clicks and checkouts.
    synthetic_traffic: bool = False
    subnet_ids: tuple[str, ...] = ()
    security_group_ids: tuple[str, ...] = ()
    # Whether its Kinesis event sources honor the failures that a function reports, as AWS's do.
    streams_listen: bool = True
    backing: Mapping[str, str] = field(default_factory=dict)
    app: Mapping[str, str] = field(default_factory=dict)
    monitoring: Mapping[str, str] = field(default_factory=dict)
    database: Mapping[str, str] = field(default_factory=dict)

    def limits(self, scope: Scope) -> Limits:
        """Return what keys of a scope may ask for; the stage's own limits are those of writing."""
        own = Limits(self.rate_per_s, self.burst, self.daily_quota)
        return {Scope.WRITE: own, Scope.READ: self.read, Scope.ADMIN: self.admin}[scope]

    @property
    def attributes_by_function(self) -> bool:
        return self.attribution and self.attribution_by is AttributedBy.FUNCTION

    @property
    def attributes_by_spark(self) -> bool:
        return self.attribution and self.attribution_by is AttributedBy.SPARK

    @property
    def streams_of_its_own(self) -> OwnStreams:
        default = OwnStreams.YES if self.attribution else OwnStreams.NO
        return default if self.own_streams is None else self.own_streams

    @property
    def has_own_streams(self) -> bool:
        return self.streams_of_its_own.exist

    @property
    def streams(self) -> tuple[str, ...]:
        """The streams that the stage has."""
        return tuple(s for s in STREAMS if self.has_own_streams or s not in OWN_STREAMS)

    @property
    def is_protected(self) -> bool:
        """Whether neither its tables nor the stack that holds them can be deleted by accident."""
        return self.backing.get("ProtectTables", "true") == "true"


# Not for a team to set.
FIXED = {"name", "streams_listen"}
SET_BY_THE_DEPLOYMENT = {
    "ApiId",
    "Stage",
    "DeploymentPath",
    "KeylessBurst",
    "KeylessRatePerSecond",
    "MaxRecordAgeSeconds",
    "OwnStreams",
    "DatabaseHost",
    "DatabaseSubnetIds",
    "DatabaseSecurityGroupIds",
    "AttributionStartsAt",
    "SparkJobs",
    "JobArtefacts",
    "JobStartsAt",
    "JobCheckpoints",
}
SWITCHES = {"attribution", "synthetic_traffic"}
SCHEDULES = {"attribution_job_starts", "attribution_job_stops"}
_SCHEDULE = re.compile(r"(rate|cron)\([^()]+\)")
TABLES_OF_LIMITS = ("read", "admin")
TABLES_OF_PARAMETERS = {"backing", "app", "monitoring", "database"}

LOCAL = Stage(
    "local",
    attribution=True,
    rate_per_s=10_000,
    burst=10_000,
    daily_quota=None,
    read=Limits(10_000, 10_000),
    admin=Limits(10_000, 10_000),
    keyless_rate_per_s=10_000,
    keyless_burst=10_000,
    # The local cloud takes a report of partial failures from a stream's function for success.
    streams_listen=False,
    # The local cloud speaks plain HTTP. A message becomes a dead letter after three times this
    # long, which people and tests wait for; a slow machine may write the same file twice.
    backing={"RawQueueVisibilitySeconds": "10", "RequireTls": "false", "ProtectTables": "false"},
)


def read_stage(project: Project, name: str) -> Stage:
    """Read what a team has set for a stage.

    Raises:
        OperationFailed: the file is not TOML, or has an unknown setting.
    """
    if name == LOCAL.name:
        return LOCAL
    file = project.stages_file
    try:
        own = tomllib.loads(file.read_text()).get(name, {}) if file.exists() else {}
    except tomllib.TOMLDecodeError as error:
        raise OperationFailed(f"{file} is not TOML: {error}.") from error
    unknown = own.keys() - {one.name for one in fields(Stage)} | own.keys() & FIXED
    if unknown:
        raise OperationFailed(
            f"{file} has unknown settings for {name}: {', '.join(sorted(unknown))}.",
            "docs/settings.md lists the settings.",
        )
    _refuse_what_is_ours(file.name, name, own)
    values = {key: _value(file.name, name, key, value) for key, value in own.items()}
    return _consistent(file.name, Stage(name, **values))


def _consistent(file: str, stage: Stage) -> Stage:
    _refuse_spark_alone(file, stage)
    if stage.attribution and not stage.streams_of_its_own.are_fed:
        raise OperationFailed(
            f"{file}: {stage.name} has attribution, which reads the streams of clicks and"
            " checkouts, but own_streams takes them away.",
            "Remove own_streams, or switch attribution off.",
        )
    return stage


def _refuse_spark_alone(file: str, stage: Stage) -> None:
    if stage.attribution_by is AttributedBy.SPARK and not stage.attribution:
        raise OperationFailed(
            f"{file}: {stage.name} has attribution_by, but nothing to attribute: attribution is"
            " off.",
            "Set attribution = true, or remove attribution_by.",
        )
    schedules = {key for key in SCHEDULES if getattr(stage, key)}
    if schedules and not stage.attributes_by_spark:
        raise OperationFailed(
            f"{file}: {', '.join(sorted(schedules))} of {stage.name} needs a Spark job, but"
            " functions attribute.",
            f'Set attribution_by = "spark", or remove {", ".join(sorted(schedules))}.',
        )


def _limits(file: str, name: str, table: str, own: object) -> Limits:
    known = {one.name for one in fields(Limits)}
    if not isinstance(own, dict) or not own.keys() <= known:
        raise OperationFailed(
            f"{file}: {table} of {name} must be a table of {', '.join(sorted(known))}.",
            f"Begin it with [{name}.{table}].",
        )
    if wrong := [key for key, value in own.items() if type(value) is not int or value < 0]:
        raise OperationFailed(
            f"{file}: {', '.join(wrong)} of {name}.{table} must be a whole number, 0 or more."
        )
    defaults = {"read": Stage(name).read, "admin": Stage(name).admin}
    return replace(defaults[table], **own)


def _refuse_what_is_ours(file: str, name: str, own: Mapping[str, Any]) -> None:
    for table in TABLES_OF_PARAMETERS & own.keys():
        if not isinstance(own[table], dict):
            raise OperationFailed(
                f"{file}: {table} of {name} must be a TOML table.",
                f"Begin it with [{name}.{table}].",
            )
        if ours := own[table].keys() & SET_BY_THE_DEPLOYMENT:
            raise OperationFailed(
                f"{file} sets for {name} what only the deployment may: {', '.join(sorted(ours))}.",
                "Remove it; choose the deployment path with --path.",
            )


def _value(file: str, name: str, key: str, value: Any) -> Any:
    if key in TABLES_OF_LIMITS:
        return _limits(file, name, key, value)
    if key in _TYPED:
        return _TYPED[key](file, name, value)
    if key in SCHEDULES:
        return _schedule(file, name, key, value)
    if key in SWITCHES and not isinstance(value, bool):
        raise OperationFailed(f"{file}: {key} of {name} must be true or false.")
    if isinstance(value, dict):
        return {key: _parameter(one) for key, one in value.items()}
    return tuple(value) if isinstance(value, list) else value


def _own_streams(file: str, name: str, value: object) -> OwnStreams:
    try:
        return OwnStreams(_parameter(value))
    except ValueError as error:
        raise OperationFailed(
            f'{file}: own_streams of {name} must be true, false or "draining".'
        ) from error


def _attributed_by(file: str, name: str, value: object) -> AttributedBy:
    try:
        return AttributedBy(str(value))
    except ValueError as error:
        raise OperationFailed(
            f'{file}: attribution_by of {name} must be "function" or "spark".'
        ) from error


def _schedule(file: str, name: str, key: str, value: object) -> str:
    if not isinstance(value, str) or not _SCHEDULE.fullmatch(value):
        raise OperationFailed(
            f"{file}: {key} of {name} must be a schedule of EventBridge, in UTC.",
            f'Such as {key} = "cron(0 6 * * ? *)", or "rate(1 hour)".',
        )
    return value


_TYPED = {"own_streams": _own_streams, "attribution_by": _attributed_by}


def _parameter(value: object) -> str:
    """Write a parameter the way CloudFormation expects it."""
    if isinstance(value, bool):
        return str(value).lower()
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)
