"""Control the jobs of attribution by a command in JSON, as an invocation brings it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.attribution.backfill import backfill_arguments
from chalicelib.attribution.control_job import ControlJob, Controlled
from chalicelib.attribution.watch_job import Watched, WatchJob


@dataclass(frozen=True, slots=True)
class Status:
    """What a look found, for the one who asked; alarms follow the watcher."""

    watched: Watched

    @property
    def line(self) -> Mapping[str, object]:
        return self.watched.line

    @property
    def measures(self) -> Mapping[Any, float]:
        return {}

    def to_json(self) -> dict[str, Any]:
        return {name: value for name, value in self.line.items() if name != "event"}


@dataclass(frozen=True, slots=True)
class AnswerCommand:
    """`do` is start, stop, status or backfill; a backfill has `from` and `to` in ISO 8601.

    Raises:
        ValueError: the command is none of these, or an argument of it is wrong; nothing was done.
        JobMissing, StoreUnavailable: as `ControlJob` does.
    """

    stream: ControlJob
    range: ControlJob
    watch: WatchJob

    def __call__(self, event: Mapping[str, Any]) -> Controlled | Status:
        commands: Mapping[str, Callable[[], Controlled | Status]] = {
            "start": self.stream.start,
            "stop": self.stream.stop,
            "status": lambda: Status(self.watch()),
            "backfill": lambda: self.range.start(backfill_arguments(event)),
        }
        asked = str(event.get("do"))
        if asked not in commands:
            raise ValueError(f"do must be {', '.join(commands)}; it is {asked}")
        return commands[asked]()
