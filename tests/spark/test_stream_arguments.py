"""What the streaming job takes, and what it asks Glue's connector for."""

from __future__ import annotations

import pytest

from glue.arguments import ArgumentsRefused
from glue.sources import FileSource, KinesisSource
from glue.stream import main
from glue.stream_arguments import StreamArguments

ARN = "arn:aws:kinesis:eu-west-1:123456789012:stream/eventstream-dev-{}"
GIVEN = {
    "STAGE": "dev",
    "REGION": "eu-west-1",
    "DATABASE_HOST": "db.example",
    "DATABASE_USER": "eventstream_dev_writer",
    "CLICK_STREAM_ARN": ARN.format("clicks"),
    "CHECKOUT_STREAM_ARN": ARN.format("checkouts"),
    "CHECKPOINTS": "s3://bucket/checkpoints/",
}


def argv(**changes: str) -> list[str]:
    return [word for name, value in (GIVEN | changes).items() for word in (f"--{name}", value)]


def test_by_default_it_reads_all_of_both_streams_once_a_minute() -> None:
    arguments = StreamArguments.of(argv())

    assert arguments.streams == ["eventstream-dev-clicks", "eventstream-dev-checkouts"]
    assert arguments.checkpoints == "s3://bucket/checkpoints"
    assert arguments.batch_seconds == 60
    assert arguments.source == KinesisSource("eu-west-1", "TRIM_HORIZON")


def test_a_stream_that_carries_both_is_read_once() -> None:
    assert len(StreamArguments.of(argv(CHECKOUT_STREAM_ARN=ARN.format("clicks"))).streams) == 1


def test_files_can_be_read_instead() -> None:
    assert StreamArguments.of(argv(SOURCE="files:/tmp/x")).source == FileSource("/tmp/x")  # noqa: S108


@pytest.mark.parametrize(
    ("given", "position"),
    [
        ("TRIM_HORIZON", "TRIM_HORIZON"),
        ("2026-11-25T10:00:00Z", "2026-11-25T10:00:00Z"),
        ("2026-11-25T11:00:00.999+01:00", "2026-11-25T10:00:00Z"),
    ],
)
def test_the_starting_position_is_written_as_glue_reads_it(given: str, position: str) -> None:
    source = StreamArguments.of(argv(STARTING_POSITION=given)).source

    assert isinstance(source, KinesisSource)
    assert source.options("s")["startingPosition"] == position


def test_the_connector_is_asked_for_bounded_and_for_empty_batches() -> None:
    assert KinesisSource("eu-west-1", "TRIM_HORIZON").options("clicks") == {
        "streamName": "clicks",
        "endpointUrl": "https://kinesis.eu-west-1.amazonaws.com",
        "startingPosition": "TRIM_HORIZON",
        "maxFetchTimeInMs": "10000",
        "maxFetchRecordsPerShard": "50000",
        "describeShardInterval": "10s",
        "avoidEmptyBatches": "false",
    }


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("STAGE", "Dev"),
        ("REGION", "mars"),
        ("CLICK_STREAM_ARN", "eventstream-dev-clicks"),
        ("CHECKPOINTS", "/tmp/x"),  # noqa: S108
        ("BATCH_SECONDS", "0"),
        ("STARTING_POSITION", "yesterday"),
        ("STARTING_POSITION", "2026-11-25T10:00:00"),
        ("SOURCE", "files:"),
        ("DATABASE_HOST", ""),
        ("MODEL", "linear"),
    ],
)
def test_a_wrong_argument_is_named(name: str, value: str) -> None:
    with pytest.raises(ArgumentsRefused) as refused:
        StreamArguments.of(argv(**{name: value}))

    assert [name in error for error in refused.value.errors] == [True]


def test_wrong_arguments_end_the_job_before_it_starts_spark(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(argv(STAGE="Dev", REGION="mars")) == 2
    assert len(capsys.readouterr().err.splitlines()) == 2
