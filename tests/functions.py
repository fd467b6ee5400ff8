"""The functions of the app, as app.py has them."""

from __future__ import annotations

from ops.kit.project import Project
from ops.stage.names import API_HANDLER
from ops.stage.stages import Stage
from ops.stage.triggers import functions_of


class Whole(Stage):
    """A stage with all that can be switched on, both ways of attributing among it."""

    __slots__ = ()

    @property
    def attributes_by_spark(self) -> bool:
        return self.attribution


WHOLE = Whole(
    "dev",
    attribution=True,
    attribution_job_starts="cron(0 6 * * ? *)",
    attribution_job_stops="cron(0 22 * * ? *)",
    synthetic_traffic=True,
)
ALL_FUNCTIONS = functions_of(Project())
FUNCTIONS = tuple(name for name in ALL_FUNCTIONS if name != API_HANDLER)
