"""The process that runs MiniStack: its record on disk, and whether it is alive."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from ops.local.port import HOST

# Killed before it has saved its state it loses it, and a busy machine takes long to save.
STOP_TIMEOUT_S = 300.0


@dataclass(frozen=True, slots=True)
class Process:
    pid: int
    port: int
    folder: Path

    @classmethod
    def load(cls, record: Path) -> Process | None:
        try:
            return cls(**json.loads(record.read_text()), folder=record.parent)
        except FileNotFoundError:
            return None

    def save(self, record: Path) -> None:
        record.write_text(json.dumps({"pid": self.pid, "port": self.port}))

    @property
    def endpoint(self) -> str:
        return f"http://{HOST}:{self.port}"

    def is_alive(self) -> bool:
        """Whether the process exists and is this folder's, since process IDs are reused."""
        return f" -X {mark(self.folder)} " in _command(self.pid)

    def is_ready(self) -> bool:
        connection = HTTPConnection(HOST, self.port, timeout=30)
        try:
            connection.request("GET", "/_ministack/ready")
            return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()

    def stop(self) -> None:
        """Stop it with SIGTERM, on which it saves its state; kill it if that hangs."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGTERM)
        deadline = time.monotonic() + STOP_TIMEOUT_S
        while self.is_alive() and time.monotonic() < deadline:
            time.sleep(0.05)
        if self.is_alive():
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)


def mark(folder: Path) -> str:
    """Return an option that the interpreter ignores and that the process list shows."""
    return f"eventstream={folder.resolve()}"


def _command(pid: int) -> str:
    """Return a process's command line; empty when it has ended."""
    if Path("/proc/self").exists():
        try:
            return os.fsdecode(Path(f"/proc/{pid}/cmdline").read_bytes()).replace("\0", " ")
        except (FileNotFoundError, ProcessLookupError):
            return ""
    ps = ["ps", "-ww", "-o", "command=", "-p", str(pid)]
    return subprocess.run(ps, capture_output=True, text=True, check=False).stdout
