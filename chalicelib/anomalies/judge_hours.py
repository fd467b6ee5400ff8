"""Compare each hour that was rolled up with its history, and keep the anomalies."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import batched, product

from chalicelib.anomalies import detector
from chalicelib.anomalies.detector import Flags
from chalicelib.anomalies.judgement import Judgement
from chalicelib.anomalies.ports import Anomalies, FiguresReader, RolledUpHours
from chalicelib.anomalies.rules import Rules
from chalicelib.errors import Superseded
from chalicelib.model.anomaly import Anomaly, Direction, Metric, Withheld
from chalicelib.model.figures import Figures
from chalicelib.model.hour import Hour
from chalicelib.model.rollup import OTHER_TYPES
from chalicelib.ports import Clock

# A month: as many as one run may roll up.
MAX_HOURS = 744
# An anomaly found later than this is history, not worth waking anyone.
NEWS_HOURS = 24
# A transaction takes 100 items, one of which checks the claim.
MAX_CHANGES = 99

# The busiest ones. Event types are an open set, and a client that invents them must not keep a run
# from judging those that matter; all of them are part of `_all`.
MAX_TYPES = 200

type History = Mapping[Hour, Mapping[str, Figures]]
type SeriesName = tuple[str, Metric]
# If the direction changes, as when late events turn a silence into a flood, it is another anomaly.
type Identity = tuple[Metric, Hour, str, Direction]


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeHours:
    marks: RolledUpHours
    figures: FiguresReader
    anomalies: Anomalies
    clock: Clock
    rules: Rules
    max_hours: int = MAX_HOURS
    max_types: int = MAX_TYPES
    max_changes: int = MAX_CHANGES

    def __call__(self) -> Judgement:
        """Judge every ended hour whose last rollup was not judged yet, in order of time.

        A crash anywhere leaves the rest due, and so does a rollup in the meantime. If two judge at
        once, the one of the newer rollup wins, from its claim on.
        """
        now = Hour.of(self.clock())
        marks = self._due(now)
        hours = sorted(marks)[-self.max_hours :]
        found, superseded = self._judge(hours, marks, now) if hours else ([], 0)
        return Judgement(
            hours=hours,
            superseded=superseded,
            left=len(marks) - len(hours),
            found=found,
            pending_alerts=len(
                self.anomalies.pending_alerts(now.plus(-detector.LOOKBACK_HOURS), now)
            ),
        )

    def _due(self, now: Hour) -> dict[Hour, int]:
        """Return the hours to judge, each with the mark of its rollup.

        The marks are read before the figures, which may therefore be newer and never older.
        """
        first = now.plus(-detector.LOOKBACK_HOURS)
        judged = self.anomalies.judged(first, now)
        rolled = self.marks.rolled(first, now)
        return {hour: mark for hour, mark in rolled.items() if mark > judged.get(hour, 0)}

    def _judge(
        self, hours: Sequence[Hour], marks: Mapping[Hour, int], now: Hour
    ) -> tuple[list[Anomaly], int]:
        first, end = hours[0].plus(-detector.LOOKBACK_HOURS), hours[-1].plus(1)
        history = self.figures.figures(first, end)
        standing = self.anomalies.standing(first, end)
        pending = {_identity(anomaly) for anomaly in self.anomalies.pending_alerts(first, end)}

        def is_news(anomaly: Anomaly) -> bool:
            """Whether it is recent, or was already due an alert when it was."""
            return anomaly.hour >= now.plus(-NEWS_HOURS - 1) or _identity(anomaly) in pending

        by_hour = self._anomalous(hours, history, standing, is_news)
        found, superseded = [], 0
        for hour in hours:
            try:
                self._keep(hour, marks[hour], by_hour[hour])
                found += by_hour[hour]
            except Superseded:
                superseded += 1
        return found, superseded

    def _anomalous(
        self,
        hours: Sequence[Hour],
        history: History,
        standing: Sequence[Anomaly],
        is_news: Callable[[Anomaly], bool],
    ) -> Mapping[Hour, list[Anomaly]]:
        """Judge series by series, so that only one at a time is held with all its history."""
        by_hour: dict[Hour, list[Anomaly]] = defaultdict(list)
        flags, alerted = _flags(standing), _flags(filter(_is_alerted, standing))
        for series in product(self._busiest(history), Metric):
            points = detector.series_of(history, *series)
            known, heard = flags[series], alerted[series]
            threshold = self.rules.threshold_of(*series)
            for hour in hours:
                known.pop(hour, None)
                heard.pop(hour, None)
                decision = detector.decide(series[1], points, known, hour, threshold)
                if decision.direction is not None:
                    anomaly = decision.to_anomaly(*series, hour)
                    anomaly = replace(anomaly, withheld=self._withheld(anomaly, heard, is_news))
                    by_hour[hour].append(anomaly)
                    known[hour] = anomaly.direction
                    if _is_alerted(anomaly):
                        heard[hour] = anomaly.direction
        return by_hour

    def _busiest(self, history: History) -> Sequence[str]:
        events: Counter[str] = Counter()
        for types in history.values():
            events.update({name: figures.events for name, figures in types.items()})
        # Its types change from hour to hour, so its history says nothing; they are part of `_all`.
        del events[OTHER_TYPES]
        return sorted(events, key=lambda name: (-events[name], name))[: self.max_types]

    def _withheld(
        self, anomaly: Anomaly, heard: Flags, is_news: Callable[[Anomaly], bool]
    ) -> Withheld | None:
        """Say why no alert is sent; what continues is news if its beginning had no alert."""
        if detector.goes_on(heard, anomaly.hour, anomaly.direction):
            return Withheld.CONTINUED
        if self.rules.is_muted(anomaly.event_type, anomaly.metric):
            return Withheld.MUTED
        return None if is_news(anomaly) else Withheld.LATE

    def _keep(self, hour: Hour, mark: int, found: Sequence[Anomaly]) -> None:
        self.anomalies.claim(hour, mark)
        again = {_identity(anomaly) for anomaly in found}
        # Read after the claim, so that it includes what an overtaken judgement has written.
        standing = self.anomalies.standing(hour, hour.plus(1))
        gone = [anomaly for anomaly in standing if _identity(anomaly) not in again]
        for changes in batched((*found, *gone), self.max_changes):
            some_found = [anomaly for anomaly in changes if _identity(anomaly) in again]
            some_gone = [anomaly for anomaly in changes if _identity(anomaly) not in again]
            self.anomalies.replace(hour, mark, some_found, some_gone, self.clock())
        self.anomalies.finish(hour, mark)


def _identity(anomaly: Anomaly) -> Identity:
    return anomaly.metric, anomaly.hour, anomaly.event_type, anomaly.direction


def _is_alerted(anomaly: Anomaly) -> bool:
    return anomaly.withheld in {None, Withheld.CONTINUED}


def _flags(anomalies: Iterable[Anomaly]) -> dict[SeriesName, dict[Hour, Direction]]:
    flags: dict[SeriesName, dict[Hour, Direction]] = defaultdict(dict)
    for anomaly in anomalies:
        flags[anomaly.event_type, anomaly.metric][anomaly.hour] = anomaly.direction
    return flags
