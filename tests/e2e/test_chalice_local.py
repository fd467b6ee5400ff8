"""`chalice local`, as a developer runs it on the local cloud or without one."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ops.kit.project import ROOT
from ops.local.cloud import Cloud
from ops.local.port import free_port
from tests.builders import make_client_event
from tests.e2e.http import Answer, ask
from tests.e2e.waiting import wait_for

pytestmark = pytest.mark.e2e


def project_at(folder: Path, endpoint: str) -> Path:
    """Return a copy of the project whose local cloud is elsewhere than at its usual port."""
    for name in ("app.py", "requirements.txt"):
        shutil.copy(ROOT / name, folder)
    shutil.copytree(ROOT / "chalicelib", folder / "chalicelib")
    config = json.loads((ROOT / ".chalice" / "config.json").read_text())
    config["stages"]["local"]["environment_variables"]["AWS_ENDPOINT_URL"] = endpoint
    (folder / ".chalice").mkdir()
    (folder / ".chalice" / "config.json").write_text(json.dumps(config))
    return folder


@contextmanager
def serving(project: Path) -> Iterator[str]:
    """Run the plain command, and yield the address it serves."""
    port = free_port()
    command = [str(ROOT / ".venv/bin/chalice"), "local", "--stage", "local", "--port", str(port)]
    url = f"http://127.0.0.1:{port}"
    # Outside the project, whose files are watched for changes.
    log = project.with_suffix(".log")
    with (
        log.open("w") as output,
        subprocess.Popen(
            command, cwd=project, stdout=output, stderr=output, start_new_session=True
        ) as server,
    ):
        try:
            wait_for(lambda: _is_up(url, server, log), "chalice local")
            yield url
        finally:
            # The command serves in a child, which would go on without it.
            os.killpg(server.pid, signal.SIGTERM)


def _is_up(url: str, server: subprocess.Popen[bytes], log: Path) -> bool | None:
    assert server.poll() is None, log.read_text()
    try:
        return ask(url, "GET", "/health").status == 200
    except OSError:
        return None


@pytest.fixture(scope="module")
def served(cloud: Cloud, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    project = project_at(tmp_path_factory.mktemp("project"), cloud.endpoint)
    with serving(project) as url:
        yield url


def test_an_event_is_stored_as_by_the_deployed_api(served: str, cloud: Cloud) -> None:
    here = ask(served, "POST", "/events", make_client_event(), cloud.api_key)
    deployed = ask(cloud.api_url, "POST", "/events", make_client_event(), cloud.api_key)

    assert (here.status, here.body.keys()) == (200, deployed.body.keys())


@pytest.mark.parametrize(
    "path", ["/metrics", "/metrics/live", "/metrics/event-types", "/anomalies", "/freshness"]
)
def test_a_question_is_answered(path: str, served: str, cloud: Cloud) -> None:
    assert ask(served, "GET", path, key=cloud.read_key).status == 200


def test_keys_are_checked(served: str, cloud: Cloud) -> None:
    assert code_of(ask(served, "POST", "/events", make_client_event())) == "key_missing"
    assert code_of(ask(served, "GET", "/metrics", key=cloud.api_key)) == "scope_not_allowed"


def test_without_a_local_cloud_every_store_is_unavailable(tmp_path: Path) -> None:
    project = project_at(tmp_path, f"http://127.0.0.1:{free_port()}")

    with serving(project) as url:
        stored = ask(url, "POST", "/events", make_client_event(), "esw_any")
        asked = ask(url, "GET", "/metrics", key="esr_any")

    assert (stored.status, code_of(stored)) == (503, "store_unavailable")
    assert (asked.status, code_of(asked)) == (503, "store_unavailable")


def code_of(answer: Answer) -> str:
    return str(answer.body["errors"][0]["code"])
