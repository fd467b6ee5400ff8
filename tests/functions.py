"""The functions of the app, as app.py has them."""

from __future__ import annotations

from ops.kit.project import Project
from ops.stage.names import API_HANDLER
from ops.stage.stages import Stage
from ops.stage.triggers import functions_of

# A stage with all that can be switched on.
WHOLE = Stage("dev", attribution=True, synthetic_traffic=True)
ALL_FUNCTIONS = functions_of(Project())
FUNCTIONS = tuple(name for name in ALL_FUNCTIONS if name != API_HANDLER)
