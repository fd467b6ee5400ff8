"""Whether somebody is told, and only who has a key is let in."""

from __future__ import annotations

from collections.abc import Iterator

from ops.cloudformation.template import read_template
from ops.stage.names import API_STAGE
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
            yield f"alarm {name} is gone"
        elif not (alarm.get("ActionsEnabled") and alarm.get("AlarmActions")):
            yield f"alarm {name} tells nobody"


def alarm_names(target: Target) -> list[str]:
    """Those that the stage's parameters don't leave out."""
    template = read_template(target.project.monitoring_template)
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
            waiting = ", and somebody has yet to confirm" if arns else ""
            yield f"nobody is subscribed to {names.prefix}-{topic}{waiting}"


def api_key(target: Target) -> Iterator[str]:
    gateway, names = target.session.client("apigateway"), target.names
    keys = gateway.get_api_keys(nameQuery=names.api_key)["items"]
    key = next((key for key in keys if key.get("name") == names.api_key), None)
    if key is None or not key.get("enabled"):
        yield "there is no API key that works"
        return
    plans = gateway.get_usage_plans(keyId=key["id"])["items"]
    ours = [plan for plan in plans if _is_for_our_stage(dict(plan))]
    if not ours:
        yield "the API key opens nothing: it is on no usage plan of the API"
    for plan in ours:
        throttle = plan.get("throttle", {})
        if float(throttle.get("rateLimit", 0)) != target.stage.rate_per_s:
            yield f"the usage plan {plan.get('name')} has another rate than the stage"
        if target.stage.daily_quota and not plan.get("quota"):
            yield f"the usage plan {plan.get('name')} has no quota"


def _is_for_our_stage(plan: dict[str, object]) -> bool:
    stages = plan.get("apiStages")
    return isinstance(stages, list) and any(one.get("stage") == API_STAGE for one in stages)
