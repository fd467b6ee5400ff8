"""Whether buckets, tables, streams and queues are encrypted, private and recoverable."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from chalicelib.archive import raw_key
from ops.deploy.data import BUCKETS
from ops.stage.names import TABLES
from ops.stage.target import Target

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_NOT_CONFIGURED = {
    "NoSuchBucketPolicy",
    "NoSuchPublicAccessBlockConfiguration",
    "ServerSideEncryptionConfigurationNotFoundError",
}
# Filters that every raw object's key matches.
_RAW_OBJECTS = {"prefix": {"", raw_key.PREFIX}, "suffix": {"", ".gz", raw_key.SUFFIX}}
DEAD_LETTERS_KEPT_S = 14 * 24 * 3_600


def buckets(target: Target) -> Iterator[str]:
    s3 = target.session.client("s3")
    for role in BUCKETS:
        name = target.names.bucket(role)
        if not _is_encrypted(s3, name):
            yield f"bucket {name} is not encrypted"
        if s3.get_bucket_versioning(Bucket=name).get("Status") != "Enabled":
            yield f"bucket {name} has no versioning"
        if not _is_closed(s3, name):
            yield f"bucket {name} may be made public"
        if not _refuses_plain_http(s3, name):
            yield f"bucket {name} accepts plain HTTP"


def notifications(target: Target) -> Iterator[str]:
    configured = target.session.client("s3").get_bucket_notification_configuration(
        Bucket=target.names.raw_bucket
    )
    if not any(
        _announces_all(dict(one), target) for one in configured.get("QueueConfigurations", [])
    ):
        yield "the raw bucket sends no notifications, so new objects never reach the lake"
    if not _may_announce(_queue(target, target.names.raw_queue), target.names.raw_bucket):
        yield f"queue {target.names.raw_queue} rejects messages from {target.names.raw_bucket}"


def _announces_all(one: dict[str, Any], target: Target) -> bool:
    """Whether a notification covers every raw object, however it was written."""
    rules = one.get("Filter", {}).get("Key", {}).get("FilterRules", [])
    return (
        one["QueueArn"].rsplit(":", 1)[-1] == target.names.raw_queue
        and "s3:ObjectCreated:*" in one["Events"]
        and all(rule["Value"] in _RAW_OBJECTS[rule["Name"].lower()] for rule in rules)
    )


def _may_announce(queue: dict[str, str], bucket: str) -> bool:
    statements = json.loads(queue.get("Policy", '{"Statement": []}'))["Statement"]
    return any(
        one["Effect"] == "Allow" and bucket in json.dumps(one.get("Condition", {}))
        for one in statements
    )


def tables(target: Target) -> Iterator[str]:
    dynamodb = target.session.client("dynamodb")
    for table in TABLES:
        name = target.names.table(table)
        ttl = dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
        if ttl.get("TimeToLiveStatus") not in {"ENABLED", "ENABLING"}:
            yield f"table {name} has no TTL"
        backups = dynamodb.describe_continuous_backups(TableName=name)
        recovery = backups["ContinuousBackupsDescription"].get(
            "PointInTimeRecoveryDescription", {}
        )
        if recovery.get("PointInTimeRecoveryStatus") != "ENABLED":
            yield f"table {name} has no point-in-time recovery"
        found = dynamodb.describe_table(TableName=name)["Table"]
        if found.get("SSEDescription", {}).get("Status") not in {"ENABLED", "UPDATING"}:
            yield f"table {name} is not encrypted with a key of its own account"
        if target.stage.is_protected and not found.get("DeletionProtectionEnabled"):
            yield f"table {name} can be deleted by accident"


def streams(target: Target) -> Iterator[str]:
    kinesis = target.session.client("kinesis")
    for stream in target.stage.streams:
        name = target.names.stream(stream)
        found = kinesis.describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]
        if found.get("EncryptionType") != "KMS":
            yield f"stream {name} is not encrypted"


def stacks(target: Target) -> Iterator[str]:
    cloudformation, name = target.session.client("cloudformation"), target.names.backing_stack
    [stack] = cloudformation.describe_stacks(StackName=name)["Stacks"]
    if target.stage.is_protected and not stack.get("EnableTerminationProtection"):
        yield f"stack {name} can be deleted by accident"


def dead_letters(target: Target) -> Iterator[str]:
    name = target.names.raw_dead_letters
    waiting = int(_queue(target, name)["ApproximateNumberOfMessages"])
    if waiting:
        yield f"{waiting} messages wait in queue {name}: their raw objects are not in the lake"


def queues(target: Target) -> Iterator[str]:
    waiting = _queue(target, target.names.raw_queue)
    dead = _queue(target, target.names.raw_dead_letters)
    redrive = json.loads(waiting.get("RedrivePolicy", "{}"))
    if redrive.get("deadLetterTargetArn") != dead["QueueArn"]:
        yield f"queue {target.names.raw_queue} has no dead-letter queue: DATA LOSS"
    if int(dead["MessageRetentionPeriod"]) < DEAD_LETTERS_KEPT_S:
        yield f"queue {target.names.raw_dead_letters} keeps messages for less than 14 days"
    for name, queue in ((target.names.raw_queue, waiting), (target.names.raw_dead_letters, dead)):
        if queue.get("SqsManagedSseEnabled") != "true" and not queue.get("KmsMasterKeyId"):
            yield f"queue {name} is not encrypted"


def _queue(target: Target, name: str) -> dict[str, str]:
    sqs = target.session.client("sqs")
    url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
    return {str(key): value for key, value in found["Attributes"].items()}


def _is_encrypted(s3: S3Client, bucket: str) -> bool:
    return _configured(lambda: s3.get_bucket_encryption(Bucket=bucket)) is not None


def _is_closed(s3: S3Client, bucket: str) -> bool:
    found = _configured(lambda: s3.get_public_access_block(Bucket=bucket))
    blocks = found["PublicAccessBlockConfiguration"] if found else {}
    return len(blocks) == 4 and all(blocks.values())


def _refuses_plain_http(s3: S3Client, bucket: str) -> bool:
    found = _configured(lambda: s3.get_bucket_policy(Bucket=bucket))
    policy = json.loads(found["Policy"]) if found else {"Statement": []}
    return any(
        statement["Effect"] == "Deny"
        and statement.get("Condition", {}).get("Bool", {}).get("aws:SecureTransport") == "false"
        for statement in policy["Statement"]
    )


def _configured[T](get: Callable[[], T]) -> T | None:
    """Return a configuration, or None where S3 lacks it, for which it has several error codes."""
    try:
        return get()
    except ClientError as error:
        if error.response["Error"].get("Code") not in _NOT_CONFIGURED:
            raise
        return None
