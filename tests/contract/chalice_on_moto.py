"""Chalice's real command line in this process, against moto, on a copy of the project."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import chdir, contextmanager
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

import boto3
from chalice.cli import cli
from chalice.deploy.swagger import SwaggerGenerator
from click.testing import CliRunner
from rich.console import Console

from chalicelib.settings.streams import OwnStreams
from ops.chalice_path.chalice_app import Say
from ops.chalice_path.chalice_cli import use_remembering_deployer
from ops.deploy.deploy import Deploy
from ops.deploy.event_sources import mappings_of
from ops.kit.console import Progress
from ops.kit.errors import OperationFailed
from ops.kit.project import ROOT, Project
from ops.stage.deployment_path import DeploymentPath, chosen_path
from ops.stage.stages import Stage
from ops.stage.target import Target
from tests.contract.protected_stacks import teach_moto

teach_moto()

STAGE = "dev"
GENERATE = "generate_swagger"


def copy_project(folder: Path) -> Project:
    """Everything a deployment reads; without requirements, which nothing here would import."""
    for name in ("chalicelib", "infrastructure", "stepfunctions"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / ".chalice").mkdir()
    shutil.copy(ROOT / ".chalice" / "config.json", folder / ".chalice")
    shutil.copy(ROOT / "app.py", folder)
    (folder / "requirements.txt").touch()
    return Project(folder)


def run_chalice(arguments: Sequence[str], folder: Path, region: str, say: Say) -> None:
    use_remembering_deployer()
    with _as_a_process_of_its_own(), _a_document_that_moto_reads(), chdir(folder):
        ran = CliRunner().invoke(cli, ["--project-dir", str(folder), *arguments], obj={})
    for line in ran.output.splitlines():
        say(line)
    if ran.exit_code:
        raise OperationFailed(
            f"`chalice {arguments[0]}` failed.", f"{ran.output}{ran.exception!r}"
        )


@contextmanager
def _as_a_process_of_its_own() -> Iterator[None]:
    """Chalice imports app.py under the stage's variables, which must not outlive it here."""
    environment, path, app = dict(os.environ), [*sys.path], sys.modules.pop("app", None)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(environment)
        sys.path[:] = path
        sys.modules.pop("app", None)
        if app:
            sys.modules["app"] = app


@contextmanager
def _a_document_that_moto_reads() -> Iterator[None]:
    """moto imports OpenAPI 3 only; what Chalice writes is Swagger 2, and AWS reads both."""
    generate = SwaggerGenerator.generate_swagger

    def as_openapi(self: Any, *arguments: Any, **options: Any) -> dict[str, Any]:
        document: dict[str, Any] = generate(self, *arguments, **options)
        document.pop("swagger")
        document["openapi"] = "3.0.1"
        document["info"]["description"] = "the app"
        for methods in document["paths"].values():
            if "options" in methods:
                mock = methods["options"]["x-amazon-apigateway-integration"]
                mock.update(uri="mock", httpMethod="OPTIONS")
        return document

    setattr(SwaggerGenerator, GENERATE, as_openapi)
    try:
        yield
    finally:
        setattr(SwaggerGenerator, GENERATE, generate)


@dataclass(frozen=True, slots=True)
class World:
    """A stage of a copied project, in an account of moto's."""

    project: Project
    layer_arn: str
    stage: Stage = field(default_factory=lambda: Stage(STAGE, own_streams=OwnStreams.YES))
    printed: StringIO = field(default_factory=StringIO)

    @property
    def target(self) -> Target:
        return Target.of(boto3.Session(), self.stage, self.project)

    def deploying(self, path: DeploymentPath = DeploymentPath.CHALICE) -> Deploy:
        return Deploy(
            self.target,
            chosen_path(self.target, path),
            self.layer_arn,
            run_chalice,
            Progress(Console(file=self.printed, width=200)),
        )

    def mapping(self, function: str) -> dict[str, Any]:
        client = boto3.client("lambda")
        [mapping] = mappings_of(client, self.target.names.function(function))
        return mapping

    def environment(self, function: str) -> dict[str, str]:
        found = boto3.client("lambda").get_function_configuration(
            FunctionName=self.target.names.function(function)
        )
        return dict(found["Environment"]["Variables"])


def make_layer() -> str:
    """A layer that moto knows, in the place of the one that AWS manages."""
    made = boto3.client("lambda").publish_layer_version(
        LayerName="AWSSDKPandas-Python312", Content={"ZipFile": b"no more than a name"}
    )
    return made["LayerVersionArn"]
