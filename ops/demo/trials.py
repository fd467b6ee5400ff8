"""Three experiments to plant: a winner, one that changes nothing, and one with a broken split.

Nothing in them is left to chance, so that the right verdict is known whatever the seed is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chalicelib.aws.experiments import DynamoExperiments
from chalicelib.model.assignment import assign
from chalicelib.model.experiment import Experiment, Metric, Status, Variant
from chalicelib.model.experiment_results import Verdict
from chalicelib.model.hour import Hour
from chalicelib.model.instant import MINUTE_MS
from chalicelib.traffic.stories import Event
from ops.local.cloud import Cloud
from ops.traffic.generator import Planned

# A verdict takes three days.
N_HOURS = 73
# Users arrive in every third hour: as few files as possible.
STEP = 3
USUAL = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """`lost` is the share of the new variant's users whose exposures are lost."""

    experiment_id: str
    truth: str
    verdict: Verdict
    rate: float
    lost: float = 0.0
    n_users: int = 800

    @property
    def goal(self) -> str:
        """An event type of its own, so that no other trial's users have events of it."""
        return f"{self.experiment_id.replace('-', '_')}_sign_up"

    def experiment(self, started: Hour) -> Experiment:
        return Experiment(
            experiment_id=self.experiment_id,
            name=self.truth,
            salt=self.experiment_id,
            variants=(Variant("control", 5_000), Variant("new", 5_000)),
            control="control",
            primary=Metric(key="sign_ups", event_type=self.goal),
            status=Status.RUNNING,
            updated_at_ms=started.start_ms,
            target_lift=0.5,
            planned_users=self.n_users,
            started=started,
        )


TRIALS = (
    Trial(
        experiment_id="short-form",
        truth="The new form gets half of its users to sign up, not 30 %",
        verdict=Verdict.WINNING,
        rate=0.5,
    ),
    Trial(
        experiment_id="same-form",
        truth="Both variants are the same (A/A)",
        verdict=Verdict.INCONCLUSIVE,
        rate=USUAL,
    ),
    Trial(
        experiment_id="lossy-form",
        truth="Half of the new form's exposures are lost",
        verdict=Verdict.INVALID,
        rate=USUAL,
        lost=0.5,
    ),
)


@dataclass(frozen=True, slots=True)
class Planting:
    """The events of all trials, and how many users were exposed and converted after it.

    `hours` are those with events.
    """

    events: Sequence[Planned]
    hours: int
    exposed: int
    converted: int


def define(cloud: Cloud, started: Hour) -> None:
    """Store the definitions as if they had started then: the API would start them now."""
    table = cloud.names.table("experiments")
    definitions = DynamoExperiments(cloud.client("dynamodb"), table)
    for trial in TRIALS:
        definitions.save(trial.experiment(started), None)


def planted(started: Hour) -> Planting:
    """Plan what the users of all trials do, in order of time."""
    events = [one for trial in TRIALS for one in _events(trial, started)]
    kinds = Counter(str(one.event["event_type"]) for one in events)
    events.sort(key=lambda one: one.send_ms)
    return Planting(
        events,
        hours=len({Hour.of(one.send_ms) for one in events}),
        exposed=kinds["exposure"],
        converted=sum(kinds[trial.goal] for trial in TRIALS),
    )


def _events(trial: Trial, started: Hour) -> Iterator[Planned]:
    experiment = trial.experiment(started)
    seen: Counter[str] = Counter()
    for number in range(trial.n_users):
        user = f"{trial.experiment_id}-{number}"
        variant = str(assign(experiment, user).variant)
        seen[variant] += 1
        is_new = variant == "new"
        if is_new and _is_among(seen[variant], trial.lost):
            continue
        hour = started.plus(number * STEP % N_HOURS // STEP * STEP)
        at_ms = hour.start_ms + number % 20 * MINUTE_MS
        shown: Event = {"experiment_id": trial.experiment_id, "variant": variant}
        yield _event(user, "exposure", at_ms, shown)
        # Those who are lost are every other one, so the rest are counted without them.
        place = seen[variant] // 2 if is_new and trial.lost else seen[variant]
        if _is_among(place, trial.rate if is_new else USUAL):
            yield _event(user, trial.goal, at_ms + 20 * MINUTE_MS, {})


def _is_among(place: int, share: float) -> bool:
    """Choose a share of places, as evenly as can be."""
    return int(place * share) > int((place - 1) * share)


def _event(user: str, event_type: str, at_ms: int, properties: Event) -> Planned:
    event: Event = {
        "event_id": f"{user}-{event_type}",
        "event_type": event_type,
        "source": "web",
        "user_id": user,
        "timestamp": at_ms,
        "properties": properties,
    }
    return Planned(at_ms, "good", event)
