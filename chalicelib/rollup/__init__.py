"""Stage 4: roll the lake up, hour by hour, reconcile it with the live counters, and judge it.

Wakes on:  a schedule at minute 10, which starts the state machine; the state machine, which calls
           determine_hours, then roll_up_hour for each of them, then judge_hours, publish_alerts if
           there is something to tell, and record_run; people, on request
Reads:     hour marks; the hour's lake files; the hour's live counters; weeks of hourly figures
Writes:    a row for each event type and one over all; the hour's mark; anomalies; alerts; the run
Fails:     StoreUnavailable fails the hour alone; its mark keeps it due, so the next run repairs
           it; and so it is with hours to judge and alerts to publish
Retries:   safe, also of several rollups or judgements of one hour at once; the highest mark wins;
           an alert may come twice after a crash, with the same id

`RollUpHour` is imported from its own module: it loads pyarrow and numpy, which the functions of
the other verbs do not have.
"""

from chalicelib.rollup.alerts import Place
from chalicelib.rollup.determine_hours import DetermineHours
from chalicelib.rollup.judge_hours import JudgeHours
from chalicelib.rollup.publish_alerts import PublishAlerts
from chalicelib.rollup.record_run import RecordRun
from chalicelib.rollup.rules import Rules
from chalicelib.rollup.start_hourly_rollup import StartHourlyRollup

__all__ = [
    "DetermineHours",
    "JudgeHours",
    "Place",
    "PublishAlerts",
    "RecordRun",
    "Rules",
    "StartHourlyRollup",
]
