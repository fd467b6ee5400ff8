"""The arguments of the streaming job."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Self

from chalicelib.model import instant
from chalicelib.model.shard_range import ShardRange
from glue.arguments import Argument, ArgumentsRefused, matching, parse, whole_number
from glue.database import ARGUMENTS as DATABASE
from glue.database import Database
from glue.sources import TRIM_HORIZON, FileSource, KinesisSource, Source

KINESIS = "kinesis"
FILES = "files:"
_ARN = matching(
    r"arn:aws[\w-]*:kinesis:[a-z0-9-]+:\d{12}:stream/[\w.-]+", "must be the ARN of a stream"
)


def _position(text: str) -> str:
    """Return TRIM_HORIZON, or an instant as Glue reads it."""
    if text == TRIM_HORIZON:
        return text
    try:
        return f"{instant.to_text(instant.parse(text))[:19]}Z"
    except ValueError:
        meaning = f"must be {TRIM_HORIZON}, or an instant as 2026-11-25T10:00:00Z"
        raise ValueError(meaning) from None


EXPECTED = {
    "STAGE": Argument(matching("[a-z][a-z0-9-]*", "must be the name of a stage")),
    "REGION": Argument(matching("[a-z]{2}(-[a-z]+)+-[0-9]", "must be a region, as us-east-1")),
    **DATABASE,
    "CLICK_STREAM_ARN": Argument(_ARN),
    "CHECKOUT_STREAM_ARN": Argument(_ARN),
    "CHECKPOINTS": Argument(matching("(s3|file)://.+", "must be a folder: s3://… or file://…")),
    "BATCH_SECONDS": Argument(whole_number(1, 600), "60"),
    "STARTING_POSITION": Argument(_position, TRIM_HORIZON),
    "SOURCE": Argument(matching("kinesis|files:.+", "must be kinesis or files:<folder>"), KINESIS),
    # Glue's own, for the log.
    "JOB_RUN_ID": Argument(default="local"),
}


@dataclass(frozen=True, slots=True)
class StreamArguments:
    stage: str
    run_id: str
    streams: Sequence[str]
    database: Database
    source: Source
    checkpoints: str
    batch_seconds: int
    region: str

    @classmethod
    def of(cls, argv: Sequence[str]) -> Self:
        """Read and check what follows the script's name.

        Raises:
            ArgumentsRefused: with all mistakes.
        """
        given = parse(argv, EXPECTED)
        arns = (given["click_stream_arn"], given["checkout_stream_arn"])
        return cls(
            stage=given["stage"],
            run_id=given["job_run_id"],
            # The same stream may carry both.
            streams=list(dict.fromkeys(arn.rpartition("/")[2] for arn in arns)),
            database=Database.of(given),
            source=_source(given),
            checkpoints=given["checkpoints"].rstrip("/"),
            batch_seconds=given["batch_seconds"],
            region=given["region"],
        )

    def ranges_of(self, stream: str) -> Callable[[], Sequence[ShardRange]]:
        """Return what finds out what the stream's shards take; files name the shard themselves."""
        if isinstance(self.source, FileSource):
            return tuple
        # A laptop has no need of boto3.
        from chalicelib.aws.shard_ranges import KinesisShardRanges  # noqa: PLC0415

        return partial(KinesisShardRanges.open(self.region).of, stream)


def _source(given: Mapping[str, Any]) -> Source:
    if given["source"] == KINESIS:
        return KinesisSource(given["region"], given["starting_position"])
    return FileSource(given["source"].removeprefix(FILES))


__all__ = ["EXPECTED", "ArgumentsRefused", "StreamArguments"]
