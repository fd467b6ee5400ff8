"""The wish to stop, as Ctrl-C and others say it, and sleep that ends with it."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event

SIGNALS = (signal.SIGINT, signal.SIGTERM)


@dataclass(slots=True)
class Stop:
    signal_number: int | None = None
    _event: Event = field(default_factory=Event)

    @property
    def is_set(self) -> bool:
        return self._event.is_set()

    def set(self) -> None:
        self._event.set()

    def pause(self, seconds: float) -> bool:
        """Sleep; return False when told to stop before the time was over."""
        return not self._event.wait(seconds)

    @contextmanager
    def on_signals(self) -> Iterator[None]:
        """Take the first signal for a wish; the second ends the process as it always does."""
        before = {number: signal.signal(number, self._heed) for number in SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _heed(self, number: int, _frame: object) -> None:
        self.signal_number = number
        for each in SIGNALS:
            signal.signal(each, signal.SIG_DFL)
        self.set()
