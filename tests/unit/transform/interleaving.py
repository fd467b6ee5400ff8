"""Run several works at once, yet one step at a time and in a given order."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from tests.fakes import Killed

_here = threading.local()


@dataclass
class _Work:
    """A thread that runs only between being told to go and giving the turn back."""

    act: Callable[[], None]
    go: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    back: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    is_done: bool = False
    bug: BaseException | None = None

    def run(self) -> None:
        self.go.acquire()
        _here.work = self
        try:
            self.act()
        except Killed:
            pass
        except BaseException as bug:  # noqa: BLE001  raised again where the test can see it
            self.bug = bug
        finally:
            self.is_done = True
            self.back.release()


def pause() -> None:
    """Give the turn back, if this is one of several works; goes on when it is chosen again."""
    work: _Work | None = getattr(_here, "work", None)
    if work is not None:
        work.back.release()
        work.go.acquire()


def interleave(acts: Iterable[Callable[[], None]], order: Callable[[], int]) -> None:
    """Run all to their ends; `order` gives numbers that choose who takes the next step."""
    works = [_Work(act) for act in acts]
    threads = [threading.Thread(target=work.run, daemon=True) for work in works]
    for thread in threads:
        thread.start()
    while live := [work for work in works if not work.is_done]:
        work = live[order() % len(live)]
        work.go.release()
        work.back.acquire()
    for thread, work in zip(threads, works, strict=True):
        thread.join()
        if work.bug is not None:
            raise work.bug
