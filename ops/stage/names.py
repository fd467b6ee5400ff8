"""What each thing of a stage is called in AWS."""

from __future__ import annotations

from dataclasses import dataclass

# The last two exist only in stages that give clicks and checkouts streams of their own.
STREAMS = ("events", "clicks", "checkouts")
OWN_STREAMS = STREAMS[1:]
TABLES = ("metrics", "batches", "aggregates", "anomalies", "keys", "experiments")
# The Glue jobs that attribute: one follows the streams, one reads a range of the lake.
STREAM_JOB, RANGE_JOB = "attribute-streams", "attribute-range"
# What the first calls itself in its log lines and metrics.
STREAM_JOB_FUNCTION = "attribute_streams"
API_STAGE = "api"
# What Chalice calls the function behind all routes.
API_HANDLER = "api_handler"


@dataclass(frozen=True, slots=True)
class Names:
    """The names of one stage in one account and region.

    >>> names = Names(stage="dev", account="123456789012", region="eu-west-1")
    >>> names.raw_bucket
    'eventstream-dev-raw-123456789012-eu-west-1'
    >>> names.function("transform_raw")
    'eventstream-dev-transform_raw'
    """

    stage: str
    account: str
    region: str
    partition: str = "aws"

    @property
    def prefix(self) -> str:
        return f"eventstream-{self.stage}"

    @property
    def backing_stack(self) -> str:
        return f"{self.prefix}-backing"

    @property
    def app_stack(self) -> str:
        return f"{self.prefix}-app"

    @property
    def monitoring_stack(self) -> str:
        return f"{self.prefix}-monitoring"

    def stream(self, name: str) -> str:
        return f"{self.prefix}-{name}"

    def table(self, name: str) -> str:
        return f"{self.prefix}-{name}"

    def function(self, name: str) -> str:
        return f"{self.prefix}-{name}"

    def job(self, name: str) -> str:
        return f"{self.prefix}-{name}"

    @property
    def api_function(self) -> str:
        return self.prefix

    def chalice_function(self, name: str) -> str:
        """The function by the name that Chalice's configuration knows it by."""
        return self.api_function if name == API_HANDLER else self.function(name)

    @property
    def raw_bucket(self) -> str:
        return self.bucket("raw")

    @property
    def lake_bucket(self) -> str:
        return self.bucket("lake")

    @property
    def artefacts_bucket(self) -> str:
        return self.bucket("artefacts")

    @property
    def failures_bucket(self) -> str:
        return self.bucket("failures")

    @property
    def raw_queue(self) -> str:
        return f"{self.prefix}-raw-objects"

    @property
    def raw_dead_letters(self) -> str:
        return f"{self.prefix}-raw-objects-dlq"

    @property
    def rollup_state_machine_arn(self) -> str:
        machine = f"{self.prefix}-hourly-rollup"
        return f"arn:{self.partition}:states:{self.region}:{self.account}:stateMachine:{machine}"

    @property
    def alerts_topic_arn(self) -> str:
        return f"arn:{self.partition}:sns:{self.region}:{self.account}:{self.prefix}-alerts"

    def database_user(self, name: str) -> str:
        # The stage is in it because policies name no database.
        return f"{self.prefix}-{name}"

    @property
    def database(self) -> str:
        return f"{self.prefix}-attribution"

    @property
    def attribution_stack(self) -> str:
        return f"{self.prefix}-attribution"

    @property
    def api_key(self) -> str:
        return self.prefix

    def bucket(self, role: str) -> str:
        return f"{self.prefix}-{role}-{self.account}-{self.region}"
