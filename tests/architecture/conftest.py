"""What the deployment is made of: the packaged app, the backing template, the configuration."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ops.deploy.backing import backing_body
from ops.kit.project import ROOT, Project
from ops.packaging.package import Package, make_package
from tests.functions import WHOLE


@pytest.fixture(scope="session")
def package() -> Package:
    return make_package(Project(), WHOLE, "eu-west-1")


@pytest.fixture(scope="session")
def app_template(package: Package) -> dict[str, Any]:
    template: dict[str, Any] = json.loads(package.template.read_text())
    return template


@pytest.fixture(scope="session")
def backing() -> dict[str, Any]:
    """Return the backing template as it is sent, with each function's log group in it."""
    template: dict[str, Any] = json.loads(backing_body(Project()))
    return template


@pytest.fixture(scope="session")
def config() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((ROOT / ".chalice" / "config.json").read_text())
    return loaded
