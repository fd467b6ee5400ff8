"""Whether a local port is free, and which process uses it."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess

HOST = "127.0.0.1"


def is_taken(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        return probe.connect_ex((HOST, port)) == 0


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def holder(port: int) -> str:
    """Name the process that listens there, if it can be found out."""
    if shutil.which("lsof"):
        out = _output("lsof", "-nP", f"-iTCP:{port}", "-sTCP:LISTEN", "-Fpc")
        found = re.search(r"^p(?P<pid>\d+)\nc(?P<name>.+)$", out, re.MULTILINE)
    else:
        out = _output("ss", "-ltnpH", f"sport = :{port}") if shutil.which("ss") else ""
        found = re.search(r'\("(?P<name>[^"]+)",pid=(?P<pid>\d+)', out)
    return f"{found['name']} (process {found['pid']})" if found else "another process"


def _output(*command: str) -> str:
    ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    return ran.stdout
