"""Whether alarms and alerts reach somebody."""

from __future__ import annotations

import json
from collections.abc import Iterator

from ops.deploy.monitoring import monitoring_body
from ops.stage.target import Target

_TOPICS = ("alerts", "alarms")


def alarms(target: Target) -> Iterator[str]:
    pages = (
        target.session.client("cloudwatch")
        .get_paginator("describe_alarms")
        .paginate(AlarmNamePrefix=f"{target.names.prefix}-")
    )
    found = {alarm["AlarmName"]: alarm for page in pages for alarm in page["MetricAlarms"]}
    for name in alarm_names(target):
        alarm = found.get(name)
        if alarm is None:
            yield f"alarm {name} does not exist"
        elif not (alarm.get("ActionsEnabled") and alarm.get("AlarmActions")):
            yield f"alarm {name} has no action"


def alarm_names(target: Target) -> list[str]:
    """List the alarms that the stage has."""
    template = json.loads(monitoring_body(target.project, target.stage))
    quiet = target.stage.monitoring.get("ExpectsEvents") == "false"
    return [
        resource["Properties"]["AlarmName"]["Fn::Sub"].replace("${Stage}", target.names.stage)
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::CloudWatch::Alarm"
        and not (quiet and resource.get("Condition") == "SilenceIsAlarming")
    ]


def subscriptions(target: Target) -> Iterator[str]:
    sns, names = target.session.client("sns"), target.names
    for topic in _TOPICS:
        arn = f"arn:{names.partition}:sns:{names.region}:{names.account}:{names.prefix}-{topic}"
        pages = sns.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=arn)
        arns = [one.get("SubscriptionArn", "") for page in pages for one in page["Subscriptions"]]
        if not any(arn.startswith("arn:") for arn in arns):
            waiting = "; a subscription is waiting for confirmation" if arns else ""
            yield f"{names.prefix}-{topic} has no subscriber{waiting}"
