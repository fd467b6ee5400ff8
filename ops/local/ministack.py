"""Start and stop MiniStack, keeping its data between runs."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from ops.kit.errors import OperationFailed
from ops.local.home import Home
from ops.local.port import HOST, holder, is_taken
from ops.local.process import Process, mark
from ops.local.session import ACCESS_KEY, ACCOUNT, REGION, SECRET_KEY

DEFAULT_PORT = 4566
START_TIMEOUT_S = 300.0
LOG_TAIL_LINES = 15
# At DEBUG it logs every request with the service that answers it, which is how they are counted.
LOG_LEVEL = "LOCAL_CLOUD_LOG_LEVEL"
PROGRAM = Path(__file__).with_name("quick_ministack.py")


def command(home: Home) -> tuple[str, ...]:
    # Our own interpreter, because functions find pyarrow and numpy through it. With -P, modules
    # next to the program are not in its path.
    return (sys.executable, "-P", "-X", mark(home.root), str(PROGRAM))


def running(home: Home) -> Process | None:
    process = Process.load(home.process_file)
    return process if process and process.is_alive() and process.is_ready() else None


def refuse_a_hung_one(home: Home) -> None:
    process = Process.load(home.process_file)
    if process and process.is_alive():
        raise OperationFailed(
            f"The local cloud is running (process {process.pid}) but does not answer.",
            "Stop it first: `python -m ops down`.",
        )


def start(home: Home, port: int, instead: Sequence[str] | None = None) -> Process:
    if is_taken(port):
        raise OperationFailed(
            f"Port {port} is in use by {holder(port)}.", "Choose another one with --port."
        )
    home.create()
    with home.log_file.open("w") as log:
        child = subprocess.Popen(
            instead or command(home),
            cwd=home.scratch,
            env=_environment(home, port),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    process = Process(pid=child.pid, port=port, folder=home.root)
    try:
        _wait_until_ready(process, child, home.log_file)
    except BaseException:
        process.stop()
        raise
    process.save(home.process_file)
    return process


def stop(home: Home) -> bool:
    """Return whether there was anything to stop."""
    process = Process.load(home.process_file)
    if process is None or not process.is_alive():
        return False
    process.stop()
    if not crashed(home):
        home.process_file.unlink()
    return True


def crashed(home: Home) -> bool:
    """Whether the last run ended without saving: objects on disk then have no metadata."""
    if not home.process_file.exists():
        return False
    started_at = home.process_file.stat().st_mtime
    return all(file.stat().st_mtime < started_at for file in home.services.glob("*.json"))


def _environment(home: Home, port: int) -> dict[str, str]:
    """Return the whole environment of MiniStack and of the functions that it runs.

    Only the log level is inherited, so that no setting of the caller's own AWS account gets in.
    """
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(home.scratch),
        "LANG": "C.UTF-8",
        # Each worker unpacks its function again, so compiled files would never be reused.
        "PYTHONDONTWRITEBYTECODE": "1",
        "TMPDIR": str(home.scratch),
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        "AWS_EC2_METADATA_DISABLED": "true",
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "MINISTACK_REGION": REGION,
        "GATEWAY_PORT": str(port),
        "BIND_HOST": HOST,
        # Enforce each function's own policy, as AWS does.
        "AUTH": "true",
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "PERSIST_STATE": "1",
        "STATE_DIR": str(home.services),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(home.objects),
        "LOG_LEVEL": os.environ.get(LOG_LEVEL, "INFO"),
    }


def _wait_until_ready(process: Process, child: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline:
        if child.poll() is not None:
            raise OperationFailed(
                f"MiniStack exited with code {child.returncode} while starting.", _tail(log)
            )
        if process.is_ready():
            return
        time.sleep(0.05)
    raise OperationFailed(f"MiniStack was not ready after {START_TIMEOUT_S:.0f} s.", _tail(log))


def _tail(log: Path) -> str:
    lines = log.read_text(errors="replace").splitlines()[-LOG_TAIL_LINES:]
    return "\n".join([f"The end of {log}:", *lines])
