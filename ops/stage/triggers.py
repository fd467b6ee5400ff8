"""Which functions the app has, read from the decorators in app.py without running it.

Running it would take a second and an environment, for the sake of what its text says anyway.
Packaging compares what was read with what Chalice made, so a trigger that is missed is noticed.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ops.kit.errors import OperationFailed
from ops.kit.project import Project
from ops.stage.names import API_HANDLER

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


def functions_of(project: Project) -> tuple[str, ...]:
    """The project's functions by their Chalice names, the one behind the routes first.

    Raises:
        OperationFailed: app.py is not valid Python, or computes the name of a function.
    """
    try:
        return functions_in(project.app.read_text())
    except SyntaxError as error:
        raise OperationFailed(f"{project.app} is not valid Python: {error}.") from error


def functions_in(source: str) -> tuple[str, ...]:
    r"""The same of a text.

    >>> functions_in('@app.lambda_function(name="one")\ndef first(event, context): ...')
    ('one',)
    """
    triggers = list(_triggers(ast.parse(source)))
    names = [_name(function, call) for kind, function, call in triggers if kind in _FUNCTION_EACH]
    has_routes = any(kind == _ROUTE for kind, _, _ in triggers)
    return (*([API_HANDLER] if has_routes else []), *names)


def _triggers(tree: ast.Module) -> Iterator[tuple[str, ast.FunctionDef, ast.Call]]:
    """Each decorator `@app.<kind>(...)` with its function."""
    for function in (node for node in tree.body if isinstance(node, ast.FunctionDef)):
        for call in function.decorator_list:
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
                of = call.func.value
                if isinstance(of, ast.Name) and of.id == "app":
                    yield call.func.attr, function, call


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
