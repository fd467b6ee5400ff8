"""A running local cloud, as the other commands and the tests see it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Literal, overload

from ops.kit.errors import OperationFailed
from ops.local import ministack
from ops.local.home import Home
from ops.local.session import local_session
from ops.stage.names import STREAMS, TABLES, Names

if TYPE_CHECKING:
    import boto3
    from mypy_boto3_apigateway import APIGatewayClient
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_kinesis import KinesisClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_stepfunctions import SFNClient


@dataclass(frozen=True, slots=True)
class Cloud:
    endpoint: str
    stage: str
    account: str
    region: str
    api_url: str
    api_key: str
    log_file: str
    # Of a cloud that was brought up before there were any, none.
    read_key: str = ""
    admin_key: str = ""
    streams: tuple[str, ...] = STREAMS
    # Empty where attribution is off.
    database_url: str = ""

    @classmethod
    def load(cls, home: Home | None = None) -> Cloud:
        home = home or Home()
        if not (ministack.running(home) and home.cloud_file.exists()):
            raise OperationFailed(
                "The local cloud is not running.", "Start it with `python -m ops up`."
            )
        saved = json.loads(home.cloud_file.read_text())
        return cls(**saved | {"streams": tuple(saved.get("streams", STREAMS))})

    def save(self, home: Home) -> None:
        home.cloud_file.touch(mode=0o600)
        home.cloud_file.chmod(0o600)
        home.cloud_file.write_text(json.dumps(asdict(self), indent=2) + "\n")

    @property
    def dashboard(self) -> str:
        """Where the dashboard is; what follows the # stays in the browser."""
        return f"{self.api_url}/dashboard#key={self.read_key}"

    @property
    def names(self) -> Names:
        return Names(stage=self.stage, account=self.account, region=self.region)

    def places(self) -> list[tuple[str, str]]:
        """List where to find its resources."""
        names = self.names
        return [
            ("API", self.api_url),
            ("API key", self.api_key),
            ("Dashboard", self.dashboard),
            ("AWS endpoint", f"{self.endpoint} (key and secret: test, region: {self.region})"),
            ("Streams", "  ".join(map(names.stream, self.streams))),
            ("Buckets", f"{names.raw_bucket}  {names.lake_bucket}"),
            ("Queue", f"{names.raw_queue}  (dead letters: {names.raw_dead_letters})"),
            ("Tables", "  ".join(map(names.table, TABLES))),
            ("State machine", names.rollup_state_machine_arn),
            *([("PostgreSQL", self.database_url)] if self.database_url else []),
            ("Log", self.log_file),
        ]

    @property
    def session(self) -> boto3.Session:
        return local_session(self.endpoint)

    @overload
    def client(self, service: Literal["apigateway"]) -> APIGatewayClient: ...
    @overload
    def client(self, service: Literal["cloudformation"]) -> CloudFormationClient: ...
    @overload
    def client(self, service: Literal["dynamodb"]) -> DynamoDBClient: ...
    @overload
    def client(self, service: Literal["kinesis"]) -> KinesisClient: ...
    @overload
    def client(self, service: Literal["lambda"]) -> LambdaClient: ...
    @overload
    def client(self, service: Literal["s3"]) -> S3Client: ...
    @overload
    def client(self, service: Literal["sns"]) -> SNSClient: ...
    @overload
    def client(self, service: Literal["sqs"]) -> SQSClient: ...
    @overload
    def client(self, service: Literal["stepfunctions"]) -> SFNClient: ...
    def client(self, service: str) -> object:
        return self.session.client(service)  # type: ignore[call-overload]
