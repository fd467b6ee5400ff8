"""The package path as in AWS, on a local cloud that answers for CloudFormation."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace

import pytest
from rich.console import Console

from chalicelib.settings.streams import OwnStreams
from ops.deploy.data import BUCKETS, kept_data
from ops.deploy.deploy import Deploy
from ops.deploy.destroy import Destroy
from ops.deploy.event_sources import mappings_of
from ops.doctor import event_sources, functions, keys
from ops.kit.console import Progress
from ops.kit.errors import OperationFailed
from ops.kit.project import Project
from ops.local.cloud import Cloud
from ops.local.home import Home
from ops.local.port import free_port
from ops.stage.deployment_path import DeploymentPath, chosen_path
from ops.stage.names import TABLES
from ops.stage.stages import LOCAL
from ops.stage.target import Target
from tests.e2e.conftest import Ops

pytestmark = pytest.mark.e2e

# The local cloud has no alarms over several metrics, and neither networks nor databases of AWS.
LEFT_OUT = {"Alarms, dashboards"}
STAGE = replace(LOCAL, attribution=False, own_streams=OwnStreams("true"))


@pytest.fixture(scope="module")
def target(ops: Ops, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    folder = tmp_path_factory.mktemp("package")
    assert ops("up", "--port", free_port(), "--state", folder).returncode == 0
    yield Target.of(Cloud.load(Home(folder)).session, STAGE, Project())
    ops("down", "--purge", "--state", folder)


@pytest.fixture(scope="module")
def layer(target: Target) -> str:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as packed:
        packed.writestr("python/nothing.txt", "")
    made = target.session.client("lambda").publish_layer_version(
        LayerName="AWSSDKPandas-Python312", Content={"ZipFile": content.getvalue()}
    )
    return made["LayerVersionArn"]


def deployed(target: Target, layer: str | None) -> str:
    shown = io.StringIO()
    progress = Progress(Console(file=shown, width=200))
    work = Deploy(target, chosen_path(target, None), layer, progress=progress)
    for step in work.steps:
        if step.title not in LEFT_OUT:
            shown.write(f"{step.title}: {step.do()}\n")
    return shown.getvalue()


def test_what_changes_is_shown_before_it_is_changed(target: Target, layer: str) -> None:
    shown = deployed(target, layer)

    assert "modify RollUpHour (Lambda::Function)" in shown
    assert "Functions and API: deployed" in shown


def test_the_layer_stays_and_nothing_changes_any_more(target: Target, layer: str) -> None:
    deployed(target, layer)

    shown = deployed(target, None)

    assert "Functions and API: unchanged" in shown
    assert "Event sources, key: unchanged" in shown


def test_the_doctor_agrees_with_the_package(target: Target, layer: str) -> None:
    deployed(target, layer)
    looked_at = (
        event_sources.partial_failures,
        event_sources.mapping_options,
        functions.environment,
        functions.layers,
        functions.policies,
        keys.keys,
    )

    assert [problem for look in looked_at for problem in look(target)] == []


def test_an_event_source_that_is_gone_is_brought_back(target: Target, layer: str) -> None:
    deployed(target, layer)
    client, function = target.session.client("lambda"), target.names.function("transform_raw")
    [before] = mappings_of(client, function)
    client.delete_event_source_mapping(UUID=before["UUID"])

    shown = deployed(target, None)

    [after] = mappings_of(client, function)
    assert "event source of transform_raw was missing: created" in shown
    assert after["UUID"] != before["UUID"]
    assert [*event_sources.mapping_options(target)] == []
    # The stack owns what it made, so that it can be deployed again. The local cloud deploys it for
    # parameters that are given with their defaults, too.
    assert " (Lambda::" not in deployed(target, None)


def test_the_other_path_is_refused(target: Target) -> None:
    with pytest.raises(OperationFailed, match="can't be mixed with chalice"):
        chosen_path(target, DeploymentPath.CHALICE)


def destroy(target: Target, *, with_data: bool) -> None:
    quiet = Progress(Console(file=io.StringIO()))
    Destroy(target, with_data=with_data, progress=quiet)()


def test_a_stage_is_taken_down_but_for_its_data_and_then_with_it(target: Target) -> None:
    names = target.names
    target.session.client("s3").put_object(Bucket=names.raw_bucket, Key="raw/a", Body=b"")
    everything = kept_data(target)

    destroy(target, with_data=False)

    assert kept_data(target) == everything
    assert len(everything) == len(BUCKETS) + len(TABLES)
    assert target.session.client("lambda").list_functions()["Functions"] == []
    assert target.session.client("kinesis").list_streams()["StreamNames"] == []
    assert chosen_path(target, DeploymentPath.CHALICE) is DeploymentPath.CHALICE

    destroy(target, with_data=True)

    assert kept_data(target) == []
