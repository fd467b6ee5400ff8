"""Which functions the app has, read from the decorators in app.py without running it.

Running it would take a second and an environment, for the sake of what its text says anyway.
Packaging compares what was read with what Chalice made, so a trigger that is missed is noticed.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from ops.kit.errors import OperationFailed
from ops.kit.project import Project
from ops.stage.names import API_HANDLER
from ops.stage.stages import Stage

_ROUTE = "route"
_FUNCTION_EACH = {
    "authorizer",
    "lambda_function",
    "on_cw_event",
    "on_dynamodb_record",
    "on_kinesis_record",
    "on_s3_event",
    "on_sns_message",
    "on_sqs_message",
    "schedule",
}


def functions_of(project: Project, stage: Stage | None = None) -> tuple[str, ...]:
    """The project's functions by their Chalice names, the one behind the routes first.

    Those that only some stages have are left out of the others; without a stage, none is.

    Raises:
        OperationFailed: app.py is not valid Python, or computes the name of a function.
    """
    try:
        return functions_in(project.app.read_text(), stage)
    except SyntaxError as error:
        raise OperationFailed(f"{project.app} is not valid Python: {error}.") from error


def functions_in(source: str, stage: Stage | None = None) -> tuple[str, ...]:
    r"""The same of a text.

    >>> functions_in('@app.lambda_function(name="one")\ndef first(event, context): ...')
    ('one',)
    """
    triggers = list(_triggers(ast.parse(source).body, stage))
    names = [_name(function, call) for kind, function, call in triggers if kind in _FUNCTION_EACH]
    has_routes = any(kind == _ROUTE for kind, _, _ in triggers)
    return (*([API_HANDLER] if has_routes else []), *names)


def _triggers(
    body: Iterable[ast.stmt], stage: Stage | None
) -> Iterator[tuple[str, ast.FunctionDef, ast.Call]]:
    """Each decorator `@app.<kind>(...)` with its function."""
    for node in body:
        if isinstance(node, ast.If) and _is_met(node.test, stage):
            yield from _triggers(node.body, stage)
        if isinstance(node, ast.FunctionDef):
            for call in node.decorator_list:
                if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
                    of = call.func.value
                    if isinstance(of, ast.Name) and of.id == "app":
                        yield call.func.attr, node, call


def _is_met(test: ast.expr, stage: Stage | None) -> bool:
    """Whether a stage meets `settings.<switch>`, whose name is that of the stage's own switch."""
    match test:
        case ast.Attribute(value=ast.Name(id="settings"), attr=switch):
            return stage is None or bool(getattr(stage, switch))
        case _:
            return True


def _name(function: ast.FunctionDef, call: ast.Call) -> str:
    for keyword in call.keywords:
        if keyword.arg == "name":
            if isinstance(keyword.value, ast.Constant) and isinstance(keyword.value.value, str):
                return keyword.value.value
            raise OperationFailed(
                f"app.py computes the name of the function {function.name}.",
                'Write it as text, as in name="record_run": it is read without running the app.',
            )
    return function.name
