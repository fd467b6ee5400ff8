"""The parts of the architecture that no linter knows about."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HANDLER_STATEMENTS = 4
MAX_LINES = 300
# The pipeline itself has six for each wing.
MAX_WIRING_LINES = 150


def functions_of_app() -> Iterator[ast.FunctionDef]:
    for node in ast.walk(ast.parse((ROOT / "app.py").read_text())):
        if isinstance(node, ast.FunctionDef):
            yield node


def modules() -> Iterator[Path]:
    yield from sorted((ROOT / "chalicelib").rglob("*.py"))
    yield from sorted((ROOT / "glue").rglob("*.py"))
    yield from sorted((ROOT / "ops").rglob("*.py"))


def modules_using_ports() -> Iterator[Path]:
    for path in modules():
        is_wired = path.parent.name not in {"aws", "chalicelib", "glue", "ops", "wiring"}
        if is_wired and re.search(r"from [\w.]+\bports import", path.read_text()):
            yield path


def classes_with_call(path: Path) -> list[str]:
    return [
        node.name
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.ClassDef)
        and any(isinstance(m, ast.FunctionDef) and m.name == "__call__" for m in node.body)
    ]


@pytest.mark.parametrize("trigger", list(functions_of_app()), ids=lambda f: f.name)
def test_a_trigger_only_translates_and_delegates(trigger: ast.FunctionDef) -> None:
    statements = [n for s in trigger.body for n in ast.walk(s) if isinstance(n, ast.stmt)]

    assert len(statements) <= HANDLER_STATEMENTS
    assert not any(isinstance(n, ast.If | ast.For | ast.Try) for n in statements)


@pytest.mark.parametrize(
    "path", list(modules_using_ports()), ids=lambda p: f"{p.parent.name}/{p.stem}"
)
def test_a_module_that_touches_the_world_holds_at_most_the_verb_it_is_named_by(path: Path) -> None:
    verb = "".join(word.title() for word in path.stem.split("_"))

    assert classes_with_call(path) in ([], [verb])


@pytest.mark.parametrize("path", list(modules()), ids=lambda p: str(p.relative_to(ROOT)))
def test_a_module_has_a_one_line_purpose_and_a_readable_size(path: Path) -> None:
    text = path.read_text()
    docstring = ast.get_docstring(ast.parse(text))

    assert docstring
    assert docstring.splitlines()[0].endswith((".", ":"))
    assert text.count("\n") <= (MAX_WIRING_LINES if "wiring" in path.parts else MAX_LINES)
