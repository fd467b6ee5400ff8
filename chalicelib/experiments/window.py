"""The hours of which an experiment is computed: its window, and the pre-period before it."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.model.experiment import Experiment
from chalicelib.model.hour import Hour


@dataclass(frozen=True, slots=True)
class Window:
    """From `first` to before `end` exposures count; from `before` on there is a pre-period."""

    before: Hour
    first: Hour
    end: Hour

    @classmethod
    def of(cls, experiment: Experiment, now: Hour) -> Window | None:
        """Return the hours that are over by now, or None if none of them counts yet."""
        if experiment.started is None:
            return None
        end = now if experiment.stopped is None else min(experiment.stopped, now)
        if end <= experiment.started:
            return None
        before = experiment.started.plus(-experiment.pre_period_hours)
        return cls(before, experiment.started, end)

    @property
    def hours(self) -> list[Hour]:
        """List the hours in which exposures count."""
        return self.first.until(self.end)

    @property
    def all_hours(self) -> list[Hour]:
        """List the hours of the pre-period and of the window."""
        return self.before.until(self.end)
