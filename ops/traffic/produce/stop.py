"""A request to stop, by signal or by code, and a sleep that it ends."""

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
        """Sleep; return False when a stop ended the sleep."""
        return not self._event.wait(seconds)

    @contextmanager
    def on_signals(self) -> Iterator[None]:
        """Let the first signal request a stop; a second one ends the process as usual."""
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
