"""Where a stage's things are: their ARNs, literally or as CloudFormation is to work them out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ops.stage.names import Names

_SERVICES = {
    "stream": "kinesis:{at}:stream/{name}",
    "table": "dynamodb:{at}:table/{name}",
    "queue": "sqs:{at}:{name}",
    "topic": "sns:{at}:{name}",
    "function": "lambda:{at}:function:{name}",
    "job": "glue:{at}:job/{name}",
    "machine": "states:{at}:stateMachine:{name}",
}


@dataclass(frozen=True, slots=True)
class Place:
    """One stage in one account and region.

    >>> Place("dev", "123456789012", "eu-west-1").arn("stream:events")
    'arn:aws:kinesis:eu-west-1:123456789012:stream/eventstream-dev-events'
    >>> Place("dev", "123456789012", "eu-west-1").arn("objects:lake/events/")
    'arn:aws:s3:::eventstream-dev-lake-123456789012-eu-west-1/events/*'
    """

    stage: str
    account: str
    region: str
    partition: str = "aws"

    @classmethod
    def anywhere(cls, stage: str) -> Place:
        """Whichever account and region a template is deployed to."""
        return cls(stage, "${AWS::AccountId}", "${AWS::Region}", "${AWS::Partition}")

    @property
    def names(self) -> Names:
        return Names(self.stage, self.account, self.region, self.partition)

    def arn(self, thing: str) -> str:
        kind, _, rest = thing.partition(":")
        start = f"arn:{self.partition}"
        match kind:
            case "*":
                return "*"
            case "bucket":
                return f"{start}:s3:::{self.names.bucket(rest)}"
            case "objects":
                bucket, _, prefix = rest.partition("/")
                return f"{start}:s3:::{self.names.bucket(bucket)}/{prefix}*"
            case "database_user":
                # The database's own identifier isn't known when policies are rendered.
                return f"{start}:rds-db:{self._at}:dbuser:*/{self.names.database_user(rest)}"
            case "log":
                group = f"log-group:/aws/lambda/{self.names.chalice_function(rest)}:*"
                return f"{start}:logs:{self._at}:{group}"
            case _:
                name = f"{self.names.prefix}-{rest}"
                return f"{start}:{_SERVICES[kind].format(at=self._at, name=name)}"

    def text(self, value: str) -> Any:
        """The value as a template or a policy has it."""
        return {"Fn::Sub": value} if "${AWS::" in value else value

    @property
    def _at(self) -> str:
        return f"{self.region}:{self.account}"
