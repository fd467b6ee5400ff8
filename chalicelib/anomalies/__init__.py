"""Stage 5: compare each hour that was rolled up with its history, and send alerts.

Wakes on:  the state machine, after the hours of a run are rolled up
Reads:     the hours that were rolled up since they were judged; weeks of hourly figures
Writes:    anomalies; alerts, once per episode
Fails:     StoreUnavailable leaves hours to judge and alerts to publish for the next run
Retries:   safe, also with several judgements of one hour at once: the newest rollup's wins; an
           alert may be sent twice after a crash, with the same id
"""

from chalicelib.anomalies.alert_text import DeploymentNames
from chalicelib.anomalies.judge_hours import JudgeHours
from chalicelib.anomalies.publish_alerts import PublishAlerts
from chalicelib.anomalies.rules import Rules

__all__ = ["DeploymentNames", "JudgeHours", "PublishAlerts", "Rules"]
