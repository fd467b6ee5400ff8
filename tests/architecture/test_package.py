"""The deployment package holds all that Lambda doesn't, and nothing that it does."""

from __future__ import annotations

import ast
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement

from ops.kit.project import ROOT
from ops.packaging.package import Package
from tests.architecture.cloudformation import REGION, resolved
from tests.functions import FUNCTIONS

RUNTIME = ("boto3",)
LAYER = ("pyarrow", "numpy")

# Isolated (-I) and without site-packages (-S): only what is put on the path can be imported.
START = """
import importlib, operator, sys
sys.path[:0] = sys.argv[3:]
module, function = sys.argv[1].split(".")
assert callable(getattr(importlib.import_module(module), function))
from chalicelib.wiring import pipeline
for verb in sys.argv[2].split(","):
    assert callable(operator.attrgetter(verb)(pipeline()))
"""


@pytest.fixture(scope="session")
def unpacked(package: Package, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("unpacked")
    zipfile.ZipFile(package.zip).extractall(folder)
    return folder


def test_the_package_is_small(package: Package) -> None:
    assert package.zip.stat().st_size < 10 * 2**20


def test_the_package_leaves_out_what_lambda_supplies(unpacked: Path) -> None:
    packed = {path.name for path in unpacked.iterdir()}

    assert {"app.py", "chalicelib", "chalice"} <= packed
    assert not packed & {"boto3", "botocore", "pyarrow", "numpy", "pandas"}


@pytest.mark.parametrize("name", ["api_handler", *FUNCTIONS])
def test_a_function_starts_with_what_it_will_have_in_lambda(
    name: str, unpacked: Path, app_template: dict[str, Any], tmp_path: Path
) -> None:
    handler = "app.app" if name == "api_handler" else f"app.{name}"
    has_layer = "Layers" in properties(app_template, handler)
    link_distributions(tmp_path, RUNTIME + (LAYER if has_layer else ()))
    verbs = ",".join(sorted(verbs_behind(name)))

    started = subprocess.run(
        [sys.executable, "-I", "-S", "-c", START, handler, verbs, str(unpacked), str(tmp_path)],
        env=environment(app_template, handler),
        capture_output=True,
        text=True,
        check=False,
    )

    assert started.returncode == 0, started.stderr


def environment(template: dict[str, Any], handler: str) -> dict[str, str]:
    common = template["Globals"]["Function"]["Environment"]["Variables"]
    own = properties(template, handler)["Environment"]["Variables"]
    variables = {key: str(resolved(value, "dev")) for key, value in (common | own).items()}
    supplied = {"AWS_REGION": REGION, "AWS_DEFAULT_REGION": REGION, "_HANDLER": handler}
    # A start tries to read the keys in use, and goes on without them.
    nowhere = {"AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_EC2_METADATA_DISABLED": "true"}
    return supplied | nowhere | variables


def properties(template: dict[str, Any], handler: str) -> dict[str, Any]:
    [found] = [
        resource["Properties"]
        for resource in template["Resources"].values()
        if resource.get("Properties", {}).get("Handler") == handler
    ]
    return dict(found)


def verbs_behind(name: str) -> set[str]:
    """What a trigger asks of the pipeline, read from app.py, through what it calls there."""
    tree = ast.parse((ROOT / "app.py").read_text())
    functions = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    routes = [f for f in functions.values() if "app.route" in map(decorator, f.decorator_list)]
    triggers = routes if name == "api_handler" else [functions[name]]
    called = [functions[c] for t in triggers for c in names_in(t) if c in functions]
    return {verb for function in (*triggers, *called) for verb in pipeline_verbs(function)}


def decorator(node: ast.expr) -> str:
    return ast.unparse(node.func) if isinstance(node, ast.Call) else ast.unparse(node)


def names_in(function: ast.FunctionDef) -> Iterator[str]:
    return (node.id for node in ast.walk(function) if isinstance(node, ast.Name))


def pipeline_verbs(function: ast.FunctionDef) -> Iterator[str]:
    for node in ast.walk(function):
        if (
            isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Attribute)
            and ast.unparse(node.value.value) == "pipeline()"
        ):
            yield f"{node.value.attr}.{node.attr}"


def link_distributions(folder: Path, roots: tuple[str, ...]) -> None:
    for name in closure(roots):
        found = distribution(name)
        tops = {file.parts[0] for file in found.files or () if file.parts[0] != ".."}
        for top in tops - {"__pycache__"}:
            (folder / top).symlink_to(Path(str(found.locate_file(top))))


def closure(roots: tuple[str, ...]) -> set[str]:
    """The distributions and everything that they require."""
    seen: set[str] = set()
    waiting = list(roots)
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += required_by(name)
    return seen


def required_by(name: str) -> list[str]:
    wanted = map(Requirement, distribution(name).requires or ())
    return [r.name for r in wanted if r.marker is None or r.marker.evaluate({"extra": ""})]
