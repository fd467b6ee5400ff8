"""The partials of rolled up hours, from which experiments are computed."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from chalicelib.errors import StoreUnavailable
from chalicelib.lake import partial_keys
from chalicelib.model.hour import Hour
from chalicelib.rollup.ports import ExperimentList, PartialObjects


@dataclass(frozen=True, slots=True)
class Partials:
    """Each rollup writes under a key of its own, since objects know no fence.

    Which of them counts is what the hour's fenced row says. No row will ever name the partial of a
    rollup that is older than one whose rows are written.
    """

    experiments: ExperimentList
    objects: PartialObjects

    def are_needed(self) -> bool:
        """Say whether there is any experiment; without one, its readers would have none either."""
        return self.experiments.is_any()

    def write(self, hour: Hour, mark: int, body: bytes) -> str:
        """Write the partial of the rollup that has this mark; return its key."""
        key = partial_keys.key_of(hour, mark)
        self.objects.put(key, body, {})
        return key

    def remove_older(self, hour: Hour, mark: int) -> None:
        """Delete the partials of older rollups, once the rows of this one are written.

        What fails is left to the next rollup of the hour, or to the bucket's lifecycle.
        """
        with suppress(StoreUnavailable):
            for key in self.objects.keys(partial_keys.prefix_of(hour)):
                if partial_keys.mark_of(key) < mark:
                    self.objects.delete(key)
