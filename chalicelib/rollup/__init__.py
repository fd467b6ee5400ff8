"""Stage 4: roll the lake up, hour by hour, and reconcile it with the live counters.

Wakes on:  a schedule at minute 10, which starts the state machine; the state machine, which calls
           determine_hours, then roll_up_hour for each hour, and record_run at its end; requests
Reads:     hour marks; the hour's lake files; the hour's live counters
Writes:    a row for each event type and one for all types; the hour's mark; the run
Fails:     StoreUnavailable fails the hour alone; its mark keeps it due, so the next run repairs it
Retries:   safe, also with several rollups of one hour at once; the highest mark wins

`RollUpHour` is imported from its own module: it loads pyarrow and numpy, which the functions of
the other verbs do not have.
"""

from chalicelib.rollup.determine_hours import DetermineHours
from chalicelib.rollup.record_run import RecordRun
from chalicelib.rollup.start_hourly_rollup import StartHourlyRollup

__all__ = ["DetermineHours", "RecordRun", "StartHourlyRollup"]
