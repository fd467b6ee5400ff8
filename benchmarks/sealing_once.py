"""`python -m benchmarks.sealing_once FOLDER HOUR`: seal one hour in this process alone.

A process of its own, because memory once taken is seldom given back. Prints one line of JSON.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from benchmarks.disk import Disk
from benchmarks.rollup_once import peak_mib
from chalicelib.model.hour import Hour
from chalicelib.upkeep.seal_hour import SealHour
from chalicelib.upkeep.sealing import Sealing
from chalicelib.wiring.world import in_parallel
from tests.unit.rollup.fakes import FakeHourMarks


def seal(folder: Path, hour: Hour) -> Sealing:
    seal_hour = SealHour(
        marks=FakeHourMarks(),
        files=Disk(folder),
        clock=lambda: hour.plus(2).start_ms,
        new_stamp=lambda: "benchmark",
        read_each=in_parallel,
    )
    return seal_hour({"window_start": hour.window_start})


def main() -> None:
    folder, hour = sys.argv[1:]
    start = time.process_time()
    sealing = seal(Path(folder), Hour.parse(hour))
    cpu_s = time.process_time() - start
    print(json.dumps({"cpu_s": cpu_s, "peak_mib": peak_mib(), "bytes": sealing.bytes}))


if __name__ == "__main__":
    main()
