"""A local cloud for one benchmark, which is gone afterwards."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

from benchmarks.effort import Effort
from ops.kit.console import Progress
from ops.local.bring_up import BringUp
from ops.local.cloud import Cloud
from ops.local.home import Home
from ops.local.port import free_port
from ops.local.take_down import take_down


@contextmanager
def local_cloud(effort: Effort) -> Iterator[Cloud]:
    effort.say("bringing up a local cloud")
    with tempfile.TemporaryDirectory(prefix="eventstream-bench-") as folder:
        home = Home(Path(folder))
        try:
            yield BringUp(home, progress=Progress(Console(quiet=True)))(free_port())
        finally:
            take_down(home, purge=True)
