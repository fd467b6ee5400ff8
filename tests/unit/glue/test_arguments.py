"""All mistakes are found at once, and none of them repeats a value."""

from __future__ import annotations

import pytest

from glue.arguments import Argument, ArgumentsRefused, matching, parse, whole_number

EXPECTED = {
    "STAGE": Argument(matching("[a-z]+", "must be a word")),
    "BATCH_SECONDS": Argument(whole_number(1, 600), "60"),
}


def errors_of(*argv: str) -> tuple[str, ...]:
    with pytest.raises(ArgumentsRefused) as refused:
        parse(argv, EXPECTED)
    return refused.value.errors


def test_an_argument_that_is_not_given_has_its_default() -> None:
    assert parse(["--STAGE", "dev"], EXPECTED) == {"stage": "dev", "batch_seconds": 60}


def test_a_value_may_follow_an_equals_sign() -> None:
    assert parse(["--STAGE=dev", "--BATCH_SECONDS=5"], EXPECTED)["batch_seconds"] == 5


def test_what_glue_adds_is_passed_over() -> None:
    added = [
        *("--JOB_NAME", "j", "--JOB_RUN_ID", "jr", "--TempDir", "s3://b/", "--enable-metrics"),
        *("--job-bookmark-option", "job-bookmark-disable", "--SECURITY_CONFIGURATION", "none"),
    ]
    assert parse([*added, "--STAGE", "dev"], EXPECTED)["stage"] == "dev"


def test_every_mistake_is_named_at_once() -> None:
    assert errors_of("--STAGE", "D-1", "--BATCH_SECONDS", "0", "--BATCH_SECOND", "5") == (
        "--BATCH_SECOND is not an argument of this job",
        "--STAGE must be a word",
        "--BATCH_SECONDS must be a whole number from 1 to 600",
    )


def test_a_missing_argument_is_a_mistake() -> None:
    assert errors_of() == ("--STAGE is missing",)


def test_a_name_without_a_value_is_a_mistake() -> None:
    assert "--BATCH_SECONDS has no value" in errors_of("--STAGE", "dev", "--BATCH_SECONDS")


def test_a_value_without_a_name_is_not_repeated() -> None:
    assert errors_of("--STAGE", "dev", "secret") == ("a value has no name before it",)


@pytest.mark.parametrize("text", ["-1", "1.5", "²", "", "601"])
def test_only_whole_numbers_within_bounds_are_read(text: str) -> None:
    assert "whole number" in errors_of("--STAGE", "dev", f"--BATCH_SECONDS={text}")[0]
