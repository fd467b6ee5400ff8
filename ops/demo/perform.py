"""The demo, act by act: bring up, send, follow, roll up, read back, compare."""

from __future__ import annotations

import time
from dataclasses import dataclass

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from chalicelib.model.hour import Hour
from ops.cloud import Cloud
from ops.console import out
from ops.demo import findings, show
from ops.demo.bypass import bypass
from ops.demo.follow import Account, follow
from ops.demo.roll_up import Ended, roll_up
from ops.demo.sender import Answers, Sender
from ops.generator import Planned, plan
from ops.home import Home
from ops.local import ministack
from ops.local.bring_up import BringUp
from ops.local.port import free_port


@dataclass(frozen=True, slots=True)
class Perform:
    home: Home

    def __call__(self, *, n_events: int, n_hours: int, seed: int) -> bool:
        """Return whether every count agrees with every other."""
        began = time.monotonic()
        cloud = self._bring_up()
        end = Hour.of(time.time_ns() // 1_000_000)
        first = end.plus(-n_hours)
        planned = plan(first.start_ms, end.start_ms, n_events=n_events, seed=seed)
        with _bars() as bars:
            answers, n_bypassed = _send(cloud, planned, bars)
            _follow(cloud, answers.n_accepted + n_bypassed, bars)
            ended = _roll_up(cloud, first, end, bars)
        with out.status("reading back what every service holds"):
            found = findings.gather(cloud, first.until(end))
        agreed = show.everything(cloud, planned, answers, n_bypassed, ended, found)
        out.print(f"Took {time.monotonic() - began:.0f} s.")
        return agreed

    def _bring_up(self) -> Cloud:
        ministack.stop(self.home)
        self.home.discard_data()
        return BringUp(self.home)(free_port())


def _bars() -> Progress:
    columns = TextColumn("{task.description:<22}"), BarColumn(), MofNCompleteColumn()
    return Progress(*columns, TimeElapsedColumn(), console=out)


def _send(cloud: Cloud, planned: list[Planned], bars: Progress) -> tuple[Answers, int]:
    task = bars.add_task("sent to the API", total=len(planned))
    sender = Sender(cloud)
    for n_sent in sender.send(planned):
        bars.advance(task, n_sent)
    return sender.answers, bypass(cloud)


def _follow(cloud: Cloud, n_accepted: int, bars: Progress) -> None:
    processed = bars.add_task("processed", total=n_accepted)
    transformed = bars.add_task("in the lake", total=None)

    def show_account(account: Account) -> None:
        bars.update(processed, completed=account.processed)
        bars.update(transformed, completed=account.transformed, total=account.archived)

    follow(cloud, n_accepted, show_account)


def _roll_up(cloud: Cloud, first: Hour, end: Hour, bars: Progress) -> Ended:
    n_hours = len(first.until(end))
    task = bars.add_task("hours rolled up", total=n_hours)
    ended = roll_up(cloud, first, end, lambda n: bars.update(task, completed=n))
    bars.update(task, completed=n_hours)
    return ended
