"""The functions that are packed: those of app.py, each with its grants, memory and timeout."""

from __future__ import annotations

from collections.abc import Iterable

from ops.kit.errors import OperationFailed
from ops.kit.project import Project
from ops.packaging.grants import GRANTED_FUNCTIONS
from ops.stage.stages import Stage
from ops.stage.triggers import functions_of

_LIMITS = {"lambda_memory_size", "lambda_timeout"}


def packed_functions(project: Project, stage: Stage | None = None) -> tuple[str, ...]:
    """The functions of app.py that a stage has; without a stage, all of them.

    Raises:
        OperationFailed: one has no grants or no limits, or one is configured that isn't there.
    """
    functions = functions_of(project)
    configured = project.config.get("lambda_functions", {})
    _refuse(
        [name for name in functions if name not in GRANTED_FUNCTIONS],
        "Nothing says what these functions of app.py may do",
        "Add each to the table in ops/packaging/grants.py.",
    )
    _refuse(
        [name for name in functions if not configured.get(name, {}).keys() >= _LIMITS],
        "These functions of app.py have no memory and timeout",
        f"Give each {' and '.join(sorted(_LIMITS))} in .chalice/config.json, lambda_functions.",
    )
    _refuse(
        [name for name in configured if name not in functions],
        ".chalice/config.json configures functions that app.py doesn't have",
        "Remove them from lambda_functions, or correct their names.",
    )
    return functions_of(project, stage)


def _refuse(functions: Iterable[str], reason: str, advice: str) -> None:
    if names := ", ".join(functions):
        raise OperationFailed(f"{reason}: {names}.", advice)
