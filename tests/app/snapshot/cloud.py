"""A stage's resources in moto, named as in the deployment template, and what they hold."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import batched
from typing import Any

import boto3
from cfnlint.decode import cfn_yaml
from moto import mock_aws
from moto.sns.models import sns_backends

from tests.app.snapshot.records import Put
from tests.contract.template import STAGE, TEMPLATE, create_tables

ACCOUNT, REGION = "123456789012", "us-east-1"
# Keys are read here, and written by the command line alone.
TABLES = ("metrics", "batches", "aggregates", "anomalies")
_MACHINE = {"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}
_NAMES = ("Name", "BucketName", "QueueName", "TopicName", "StateMachineName")


@contextmanager
def cloud() -> Iterator[Mapping[str, str]]:
    """Create a stage's resources; yield the environment variables that name them."""
    with mock_aws():
        create_tables(boto3.client("dynamodb"))
        for stream in ("EventsStream", "ClicksStream", "CheckoutsStream"):
            boto3.client("kinesis").create_stream(StreamName=_name(stream), ShardCount=1)
        yield {
            "RAW_BUCKET": _create_raw_bucket(),
            "LAKE_BUCKET": _create_bucket("LakeBucket"),
            "ALERTS_TOPIC": boto3.client("sns").create_topic(Name=_name("AlertsTopic"))[
                "TopicArn"
            ],
            "ROLLUP_STATE_MACHINE": _create_machine(),
        }


def _name(resource: str) -> str:
    properties = cfn_yaml.load(str(TEMPLATE))["Resources"][resource]["Properties"]
    [name] = [properties[key]["Fn::Sub"] for key in _NAMES if key in properties]
    known = {"${Stage}": STAGE, "${AWS::AccountId}": ACCOUNT, "${AWS::Region}": REGION}
    for parameter, value in known.items():
        name = name.replace(parameter, value)
    return str(name)


def _create_bucket(resource: str) -> str:
    boto3.client("s3").create_bucket(Bucket=_name(resource))
    return _name(resource)


def _create_raw_bucket() -> str:
    """Create the bucket, and the queue that is notified of raw objects."""
    bucket, queue = _create_bucket("RawBucket"), _name("RawObjectsQueue")
    boto3.client("sqs").create_queue(QueueName=queue)
    rule: dict[str, Any] = {
        "QueueArn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{queue}",
        "Events": ["s3:ObjectCreated:*"],
        "Filter": {"Key": {"FilterRules": [{"Name": "prefix", "Value": "raw/"}]}},
    }
    boto3.client("s3").put_bucket_notification_configuration(
        Bucket=bucket,
        NotificationConfiguration={"QueueConfigurations": [rule]},  # type: ignore[list-item]  # a literal
    )
    return bucket


def _create_machine() -> str:
    made = boto3.client("stepfunctions").create_state_machine(
        name=_name("HourlyRollup"),
        definition=json.dumps(_MACHINE),
        roleArn=f"arn:aws:iam::{ACCOUNT}:role/rollup",
    )
    return made["stateMachineArn"]


def put_items(table: str, items: Sequence[Mapping[str, Any]]) -> None:
    dynamodb = boto3.client("dynamodb")
    for some in batched(items, 25):
        puts: list[Any] = [{"PutRequest": {"Item": item}} for item in some]
        dynamodb.batch_write_item(RequestItems={f"eventstream-{STAGE}-{table}": puts})


def table(name: str) -> dict[str, dict[str, Any]]:
    """Return a table's items by their keys."""
    client, physical = boto3.client("dynamodb"), f"eventstream-{STAGE}-{name}"
    schema = client.describe_table(TableName=physical)["Table"]["KeySchema"]
    pages = client.get_paginator("scan").paginate(TableName=physical)
    found = [item for page in pages for item in page["Items"]]
    return {" | ".join(item[key["AttributeName"]]["S"] for key in schema): item for item in found}


def stream(name: str) -> list[Put]:
    kinesis = boto3.client("kinesis")
    [shard] = kinesis.list_shards(StreamName=name)["Shards"]
    start = kinesis.get_shard_iterator(
        StreamName=name, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
    )
    found = kinesis.get_records(ShardIterator=start["ShardIterator"])["Records"]
    return [Put(record["PartitionKey"], record["Data"]) for record in found]


def objects(bucket: str) -> Iterator[tuple[str, dict[str, Any], bytes]]:
    """Yield each object's key, headers and body, ordered by key."""
    s3 = boto3.client("s3")
    for item in s3.list_objects_v2(Bucket=bucket).get("Contents", []):
        answer = s3.get_object(Bucket=bucket, Key=item["Key"])
        headers = {"content_type": answer["ContentType"], "metadata": answer["Metadata"]}
        yield item["Key"], headers, answer["Body"].read()


def announcements() -> list[str]:
    """Receive all notifications of raw objects, ordered by key."""
    sqs = boto3.client("sqs")
    queue = sqs.get_queue_url(QueueName=_name("RawObjectsQueue"))["QueueUrl"]
    bodies = []
    while found := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
        bodies += [message["Body"] for message in found]
    return sorted((body for body in bodies if "Records" in json.loads(body)), key=_object_key)


def _object_key(body: str) -> str:
    key: str = json.loads(body)["Records"][0]["s3"]["object"]["key"]
    return key


def alerts(topic: str) -> list[dict[str, Any]]:
    """Return what was published, as it was passed to SNS."""
    sent = sns_backends[ACCOUNT][REGION].topics[topic].sent_notifications
    return [
        {"subject": subject, "message": message, "attributes": attributes}
        for _, message, subject, attributes, _ in sent
    ]


def executions(machine: str) -> list[dict[str, str]]:
    machines = boto3.client("stepfunctions")
    found = machines.list_executions(stateMachineArn=machine)["executions"]
    described = [machines.describe_execution(executionArn=one["executionArn"]) for one in found]
    return sorted(({"name": d["name"], "input": d["input"]} for d in described), key=str)
