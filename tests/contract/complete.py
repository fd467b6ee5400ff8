"""Make by hand what moto leaves out of the stacks, as the templates have it."""

from __future__ import annotations

import json

import boto3

from ops.deploy.data import BUCKETS
from ops.doctor.access import alarm_names
from ops.keys.stage_keys import StageKeys
from ops.stage.names import STREAMS, TABLES, Names
from tests.contract.chalice_on_moto import World


def complete(world: World) -> None:
    names = world.target.names
    for role in BUCKETS:
        _close(names.bucket(role))
    announce(names)
    _take_announcements(names)
    for table in TABLES:
        _protect(names.table(table))
    # It was in the table that has just been made again.
    StageKeys.of(world.target).register_default()
    kinesis = boto3.client("kinesis")
    for stream in STREAMS:
        kinesis.start_stream_encryption(
            StreamName=names.stream(stream), EncryptionType="KMS", KeyId="alias/aws/kinesis"
        )
    for alarm in alarm_names(world.target):
        put_alarm(world, alarm)
    for topic in ("alerts", "alarms"):
        boto3.client("sns").subscribe(
            TopicArn=topic_arn(names, topic), Protocol="email", Endpoint="a@example.com"
        )


def topic_arn(names: Names, topic: str) -> str:
    return f"arn:aws:sns:{names.region}:{names.account}:{names.prefix}-{topic}"


def put_alarm(world: World, name: str, *, enabled: bool = True) -> None:
    boto3.client("cloudwatch").put_metric_alarm(
        AlarmName=name,
        AlarmActions=[topic_arn(world.target.names, "alarms")],
        ActionsEnabled=enabled,
        Namespace="EventStream",
        MetricName="any",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=0,
        ComparisonOperator="GreaterThanThreshold",
    )


def announce(names: Names) -> None:
    queue = f"arn:aws:sqs:{names.region}:{names.account}:{names.raw_queue}"
    boto3.client("s3").put_bucket_notification_configuration(
        Bucket=names.raw_bucket,
        NotificationConfiguration={
            "QueueConfigurations": [{"QueueArn": queue, "Events": ["s3:ObjectCreated:*"]}]
        },
    )


def _take_announcements(names: Names) -> None:
    sqs = boto3.client("sqs")
    url = sqs.get_queue_url(QueueName=names.raw_queue)["QueueUrl"]
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "s3.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": f"arn:aws:sqs:{names.region}:{names.account}:{names.raw_queue}",
        "Condition": {"ArnEquals": {"aws:SourceArn": f"arn:aws:s3:::{names.raw_bucket}"}},
    }
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(policy)})


def _close(bucket: str) -> None:
    s3 = boto3.client("s3")
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    s3.put_public_access_block(
        Bucket=bucket,
        PublicAccessBlockConfiguration={
            "BlockPublicAcls": True,
            "BlockPublicPolicy": True,
            "IgnorePublicAcls": True,
            "RestrictPublicBuckets": True,
        },
    )
    plain_http = {"Bool": {"aws:SecureTransport": "false"}}
    statement = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Condition": plain_http}
    # Not of the objects, since moto refuses every call by it, whatever its condition.
    closed = {**statement, "Resource": f"arn:aws:s3:::{bucket}"}
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Statement": [closed]}))


def _protect(table: str) -> None:
    dynamodb = boto3.client("dynamodb")
    keys = dynamodb.describe_table(TableName=table)["Table"]["KeySchema"]
    dynamodb.update_table(TableName=table, DeletionProtectionEnabled=False)
    dynamodb.delete_table(TableName=table)
    dynamodb.create_table(
        TableName=table,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=keys,
        AttributeDefinitions=[
            {"AttributeName": key["AttributeName"], "AttributeType": "S"} for key in keys
        ],
        SSESpecification={"Enabled": True},
        DeletionProtectionEnabled=True,
    )
    dynamodb.update_time_to_live(
        TableName=table,
        TimeToLiveSpecification={"AttributeName": "expires_at", "Enabled": True},
    )
    dynamodb.update_continuous_backups(
        TableName=table, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )
