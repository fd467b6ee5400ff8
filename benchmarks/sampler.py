"""Where a work's time goes, by the function of ours that spends it or waits for a library."""

from __future__ import annotations

import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import NamedTuple

_OURS = str(Path(__file__).parents[1] / "chalicelib")
_INTERVAL_S = 0.000_5


class Place(NamedTuple):
    module: str
    function: str


@dataclass(slots=True)
class Sampler:
    """Charges the time since the last sample to where the main thread is now.

    By time and not by samples, because none can be taken within a library's call: the one after
    it accounts for all of it. Where functions take less than a microsecond the next one is charged
    now and then, since Python looks for signals as it enters one; modules are safer to compare.
    """

    seconds: Counter[Place] = field(default_factory=Counter)
    _last_s: float = 0.0

    @contextmanager
    def running(self) -> Iterator[None]:
        before = signal.signal(signal.SIGALRM, self._take)
        self._last_s = time.perf_counter()
        signal.setitimer(signal.ITIMER_REAL, _INTERVAL_S, _INTERVAL_S)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)

    def shares(self, name: Callable[[Place], str]) -> list[tuple[str, float]]:
        """List names of places and their shares of the whole, in percent, the largest first."""
        whole = self.seconds.total()
        percents: Counter[str] = Counter()
        for place, taken in self.seconds.items():
            percents[name(place)] += 100 * taken / whole  # type: ignore[assignment]  # a float
        return list(percents.most_common())

    def _take(self, _number: int, frame: FrameType | None) -> None:
        now_s = time.perf_counter()
        self.seconds[_place(frame)] += now_s - self._last_s  # type: ignore[assignment]  # a float
        self._last_s = time.perf_counter()


def _place(frame: FrameType | None) -> Place:
    while frame is not None:
        code = frame.f_code
        if code.co_filename.startswith(_OURS):
            return Place(Path(code.co_filename).stem, code.co_qualname)
        frame = frame.f_back
    return Place("(the benchmark itself)", "")


def sample(work: Callable[[], object], repeats: int) -> Sampler:
    sampler = Sampler()
    work()
    with sampler.running():
        for _ in range(repeats):
            work()
    return sampler
