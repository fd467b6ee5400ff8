"""The functions of the app, as app.py has them."""

from __future__ import annotations

from ops.kit.project import Project
from ops.stage.names import API_HANDLER
from ops.stage.triggers import functions_of

ALL_FUNCTIONS = functions_of(Project())
FUNCTIONS = tuple(name for name in ALL_FUNCTIONS if name != API_HANDLER)
