"""Run several pieces of work at once, one port call at a time, in the order a schedule says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Semaphore, Thread
from typing import Literal

from chalicelib.errors import PipelineError, StoreUnavailable

# A lost call takes effect later, after its caller has given it up.
type Fate = Literal["works", "fails_before", "fails_after", "is_lost"]
FATES: tuple[Fate, ...] = ("works", "fails_before", "fails_after", "is_lost")


@dataclass
class Actor:
    """A thread that stands still at every port call until it is let go."""

    work: Callable[[Actor], None]
    lost: list[Callable[[], object]]
    fate: Fate = "works"
    error: BaseException | None = None
    is_done: bool = False
    _may_call: Semaphore = field(default_factory=lambda: Semaphore(0))
    _stands_still: Semaphore = field(default_factory=lambda: Semaphore(0))

    def start(self) -> Actor:
        Thread(target=self._run, daemon=True).start()
        self._stands_still.acquire()
        return self

    def step(self, fate: Fate) -> None:
        """Let the actor do its next call, and wait until it stands before another or is done."""
        self.fate = fate
        self._may_call.release()
        self._stands_still.acquire()
        if self.error is not None:
            raise self.error

    def turn(self) -> None:
        """Stand still until the schedule comes to this actor."""
        self._stands_still.release()
        self._may_call.acquire()

    def call[T](self, effect: Callable[[], T]) -> T:
        """Do one call on the actor's behalf, as its fate has it."""
        self.turn()
        fate = self.fate
        if fate == "is_lost":
            self.lost.append(effect)
        if fate in ("fails_before", "is_lost"):
            raise StoreUnavailable(fate)
        result = effect()
        if fate == "fails_after":
            raise StoreUnavailable(fate)
        return result

    def _run(self) -> None:
        try:
            self.work(self)
        except StoreUnavailable:
            pass
        except BaseException as error:  # noqa: BLE001  the test's own thread must hear of it
            self.error = error
        self.is_done = True
        self._stands_still.release()


@dataclass
class Gated:
    """Any port, each of whose calls waits for the actor's turn."""

    actor: Actor
    port: object

    def __getattr__(self, name: str) -> Callable[..., object]:
        method = getattr(self.port, name)
        return lambda *args: self.actor.call(lambda: method(*args))


def settle(lost: list[Callable[[], object]]) -> None:
    """Let the oldest lost call take effect now, if the world still allows it."""
    if lost:
        effect = lost.pop(0)
        try:
            effect()
        except PipelineError:
            return
