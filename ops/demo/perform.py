"""The demo: start a cloud, send, follow, roll up, read back, compare."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, replace

from rich.progress import Progress

from chalicelib.model.hour import Hour
from ops.demo import alerts, show, trials
from ops.demo.attribution import read_attribution
from ops.demo.bypass import bypass
from ops.demo.follow import Account, follow
from ops.demo.holdings import Sending, read_holdings
from ops.demo.incidents import planted
from ops.demo.lake import lake_files
from ops.demo.schedule import paused
from ops.demo.sender import Sender
from ops.kit.console import bars, out
from ops.local import ministack
from ops.local.bring_up import BringUp
from ops.local.cloud import Cloud
from ops.local.home import Home
from ops.local.port import free_port
from ops.local.postgres import Postgres
from ops.rebuild.roll_up import Ended, roll_up
from ops.traffic.generator import Planned, n_valid, plan
from ops.traffic.sending.reply import Answers


@dataclass(frozen=True, slots=True)
class Perform:
    home: Home

    def __call__(self, *, n_events: int, n_hours: int, seed: int) -> bool:
        """Return whether every count agrees with every other."""
        began = time.monotonic()
        cloud = self._bring_up()
        end = Hour.of(time.time_ns() // 1_000_000)
        first = end.plus(-n_hours)
        alerts_queue = alerts.subscribe(cloud)
        hours = first.until(end)
        began_trials = first.plus(-trials.N_HOURS)
        trials.define(cloud, began_trials)
        planting = trials.planted(began_trials)
        usual = plan(first.start_ms, end.start_ms, n_events=n_events, seed=seed)
        with_incidents, incidents = planted(usual, hours, seed)
        planned = [*planting.events, *with_incidents]
        with bars() as progress:
            with paused(cloud):
                answers, n_bypassed = _send(cloud, planned, progress)
                _follow(cloud, answers.n_accepted + n_bypassed, progress)
            n_small = len(lake_files(cloud))
            # The experiments' hours after the others, which are judged without such quiet ones.
            for begin, stop in ((first, end), (began_trials, first)):
                ended = _roll_up(cloud, begin, stop, progress)
        with out.status("reading back from every service"):
            found = replace(
                read_holdings(cloud, began_trials.until(end), alerts_queue),
                attribution=read_attribution(cloud, planned, hours),
            )
        sent = replace(
            _sending(planned, answers, planting.hours + n_hours, n_bypassed),
            incidents=incidents,
            files=n_small,
            exposed=planting.exposed,
            converted=planting.converted,
            trials=len(trials.TRIALS),
        )
        agreed = show.everything(cloud, sent, answers.refused_codes, ended, found)
        out.print(f"Took {time.monotonic() - began:.0f} s.")
        out.print(f"\nDashboard, with a read key: {cloud.dashboard}", soft_wrap=True)
        return agreed

    def _bring_up(self) -> Cloud:
        ministack.stop(self.home)
        Postgres(self.home.postgres).discard()
        self.home.discard_data()
        return BringUp(self.home)(free_port())


def _send(cloud: Cloud, planned: list[Planned], progress: Progress) -> tuple[Answers, int]:
    task = progress.add_task("sent to the API", total=len(planned))
    sender = Sender(cloud)
    for n_sent in sender.send(planned):
        progress.advance(task, n_sent)
    return sender.answers, bypass(cloud)


def _follow(cloud: Cloud, n_accepted: int, progress: Progress) -> None:
    processed = progress.add_task("processed", total=n_accepted)
    transformed = progress.add_task("in the lake", total=None)

    def show_account(account: Account) -> None:
        progress.update(processed, completed=account.processed)
        progress.update(transformed, completed=account.transformed, total=account.archived)

    follow(cloud, n_accepted, show_account)


def _roll_up(cloud: Cloud, first: Hour, end: Hour, progress: Progress) -> Ended:
    n_hours = len(first.until(end))
    task = progress.add_task("hours rolled up", total=n_hours)
    ended = roll_up(cloud, first, end, lambda n: progress.update(task, completed=n))
    progress.update(task, completed=n_hours)
    return ended


def _sending(planned: list[Planned], answers: Answers, n_hours: int, n_bypassed: int) -> Sending:
    kinds = Counter(one.kind for one in planned)
    return Sending(
        hours=n_hours,
        planned=len(planned),
        valid=n_valid(planned),
        invalid=kinds["invalid"],
        late=kinds["late"],
        accepted=answers.n_accepted,
        refused=answers.n_refused,
        duplicates=answers.n_duplicates,
        bypassed=n_bypassed,
    )
