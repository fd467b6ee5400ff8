"""What the batch job is asked for: its arguments, checked all at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

from chalicelib.model import instant
from chalicelib.model.attribution_report import Model
from glue.arguments import Argument, ArgumentsRefused, matching, parse, whole_number
from glue.database import ARGUMENTS as DATABASE_ARGUMENTS
from glue.database import Database

# Without a database to ask; it is the default there, too.
HOUR_WINDOW_MS = instant.HOUR_MS
MAX_HALF_LIFE_S = 31_536_000


class Target(StrEnum):
    """Where the results go."""

    POSTGRES = "postgres"
    LAKE = "lake"
    COMPARE = "compare"


def _instant(text: str) -> int:
    try:
        return instant.parse(text)
    except ValueError:
        raise ValueError(
            "must be an instant in ISO 8601 with a zone, such as 2026-11-01T00:00Z"
        ) from None


def _one_of[T: StrEnum](kind: type[T]) -> Callable[[str], T]:
    def read(text: str) -> T:
        try:
            return kind(text)
        except ValueError:
            names = ", ".join(kind)
            raise ValueError(f"must be one of {names}") from None

    return read


_FOLDER = matching("(s3|s3a|file)://?/?.+", "must be a folder such as s3://bucket/events/")
ARGUMENTS = {
    "STAGE": Argument(matching("[a-z][a-z0-9-]*", "must be the name of a stage")),
    "REGION": Argument(matching("[a-z]{2}(-[a-z]+)+-[0-9]", "must be a region, as us-east-1")),
    **DATABASE_ARGUMENTS,
    "FROM": Argument(_instant),
    "TO": Argument(_instant),
    "LAKE": Argument(_FOLDER),
    "TARGET": Argument(_one_of(Target)),
    "MODEL": Argument(_one_of(Model), Model.FIRST_CLICK),
    "HALF_LIFE_S": Argument(whole_number(1, MAX_HALF_LIFE_S), "600"),
    "OUTPUT": Argument(default=""),
    # Glue's own, for the log.
    "JOB_RUN_ID": Argument(default="local"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Checkouts from `from_ms` to before `to_ms`. `lake` is the folder of the events table."""

    stage: str
    target: Target
    from_ms: int
    to_ms: int
    lake: str
    output: str
    model: Model = Model.FIRST_CLICK
    half_life_ms: int = 600_000
    database: Database | None = None
    run_id: str = "local"

    @classmethod
    def of(cls, argv: Sequence[str]) -> Self:
        """Read a job's arguments.

        Raises:
            ArgumentsRefused: with all mistakes.
        """
        given = parse(argv, ARGUMENTS)
        if errors := [*_errors(given)]:
            raise ArgumentsRefused(errors)
        has_database = any(given[name.lower()] for name in DATABASE_ARGUMENTS)
        needs_database = given["target"] is not Target.LAKE
        return cls(
            stage=given["stage"],
            run_id=given["job_run_id"],
            target=given["target"],
            from_ms=given["from"],
            to_ms=given["to"],
            lake=given["lake"],
            output=given["output"] or _beside(given["lake"]),
            model=given["model"],
            half_life_ms=given["half_life_s"] * 1000,
            database=Database.of(given) if has_database or needs_database else None,
        )

    @property
    def required_database(self) -> Database:
        if self.database is None:
            raise ValueError(self.target)
        return self.database

    @property
    def needs_weights(self) -> bool:
        return self.model is Model.TIME_DECAY and self.target is not Target.POSTGRES


def _errors(given: Mapping[str, Any]) -> Iterator[str]:
    if given["from"] >= given["to"]:
        yield "--TO must be later than --FROM"
    whole_days = given["from"] % instant.DAY_MS == 0 == given["to"] % instant.DAY_MS
    if given["target"] is Target.LAKE and not whole_days:
        yield "--FROM and --TO must be midnights in UTC for target lake, which replaces whole days"


def _beside(lake: str) -> str:
    return f"{lake.rstrip('/').rpartition('/')[0]}/attribution"
