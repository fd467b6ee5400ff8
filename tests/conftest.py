"""Point the process at the local stage and at no real AWS account, before anything is imported."""

from __future__ import annotations

import json
import os
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import botocore.session
import pytest
from hypothesis import HealthCheck, settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

ROOT = Path(__file__).parents[1]

# They have an environment of their own, by `make test-spark`.
collect_ignore = [] if find_spec("pyspark") else ["spark"]

_config = json.loads((ROOT / ".chalice" / "config.json").read_text())
os.environ.update(_config["environment_variables"])
_own = _config["stages"]["local"]["environment_variables"]
# Not where `chalice local` finds the local cloud.
os.environ.update({name: value for name, value in _own.items() if not name.startswith("AWS_")})
os.environ.update(
    # Every trigger there is.
    SYNTHETIC_TRAFFIC="true",
    ATTRIBUTES_BY_SPARK="true",
    ATTRIBUTION_JOB_STARTS="cron(0 6 * * ? *)",
    ATTRIBUTION_JOB_STOPS="cron(0 22 * * ? *)",
    RAW_BUCKET="eventstream-local-raw",
    LAKE_BUCKET="eventstream-local-lake",
    ALERTS_TOPIC="arn:aws:sns:us-east-1:000000000000:eventstream-local-alerts",
    ROLLUP_STATE_MACHINE="arn:aws:states:us-east-1:000000000000:stateMachine:eventstream-local-hourly-rollup",
    AWS_ACCESS_KEY_ID="testing",
    AWS_SECRET_ACCESS_KEY="testing",  # noqa: S106
    AWS_DEFAULT_REGION="us-east-1",
)

# Each session of boto3 would read the descriptions of all its services from their files again.
_CREATE_LOADER = "create_loader"
setattr(botocore.session, _CREATE_LOADER, cache(botocore.session.create_loader))

# A console keeps the width it is made with: that of a test's first command, or of xdist's worker.
for _size in ("COLUMNS", "LINES"):
    os.environ.pop(_size, None)
import ops.kit.console  # noqa: E402, F401

# Any layer may ask for a database.
from tests.postgres import database, databases, kept_database  # noqa: E402

__all__ = ["database", "databases", "kept_database"]

# How long anything takes says more about the machine than about the code.
settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any machine")
# A run that decides must decide alike each time; at a developer's desk chance goes on searching.
settings.register_profile("repeatable", derandomize=True)
settings.register_profile("quick", max_examples=15)
if os.environ.get("CI"):
    settings.load_profile("repeatable")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--sealed-hours", type=int, default=30, help="hours to seal on the local cloud"
    )
    parser.addoption(
        "--attribution-events",
        type=int,
        default=2_000,
        help="generated clicks and checkouts to attribute on the local cloud",
    )
    parser.addoption(
        "--fuzz-cases", type=int, default=2_000, help="generated requests to send to the API"
    )


# What takes longest begins first, so that no process is left alone with it at the end.
_FIRST = ("tests/e2e/", "tests/browser/", "tests/contract/")


class ByFile(LoadScopeScheduling):  # type: ignore[misc]  # untyped
    """Lets each of several processes take whole files, and one of them all that need a cloud."""

    def _split_scope(self, nodeid: str) -> str:
        # Two local clouds at a time would be slow on two cores, and need more memory.
        file, _, _ = nodeid.partition("::")
        return _FIRST[0] if file.startswith(_FIRST[0]) else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByFile:
    return ByFile(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if "PYTEST_XDIST_WORKER" in os.environ:
        items.sort(key=_turn_of)


def _turn_of(item: pytest.Item) -> int:
    found = [turn for turn, folder in enumerate(_FIRST) if item.nodeid.startswith(folder)]
    return found[0] if found else len(_FIRST)
