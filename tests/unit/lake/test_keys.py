"""Lake keys: one for each raw object, and back."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.lake.keys import LakeKey, prefix_of
from chalicelib.model.hour import Hour
from tests.builders import NOON, SHARD, STREAM, make_raw_key

hours = st.builds(Hour, st.integers(-17_000 * 24, 2_900_000 * 24).map(lambda n: n * 3_600_000))
event_types = st.from_regex(re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", re.ASCII), fullmatch=True)
raw_names = st.from_regex(re.compile(r"[a-zA-Z0-9_.-]+", re.ASCII), fullmatch=True)


def test_a_lake_file_is_named_after_its_raw_object_and_lies_in_its_hour() -> None:
    assert str(LakeKey.of(make_raw_key("page_view", NOON, 7))) == (
        "events/year=2026/month=11/day=20/hour=12/"
        f"page_view-{STREAM}-{SHARD}-{'7'.zfill(56)}.parquet"
    )


@given(hours, event_types, raw_names)
def test_a_key_reads_back(hour: Hour, event_type: str, raw_name: str) -> None:
    key = LakeKey(hour, event_type, raw_name)

    assert LakeKey.parse(str(key)) == key
    assert str(key).startswith(prefix_of(hour))
    assert str(key).startswith(f"{key.partition}/")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "events/x.parquet",
        "events/year=2026/month=11/day=20/hour=12/page_view-s-1.json",
        "events/year=2026/month=11/day=20/hour=25/page_view-s-1.parquet",
        "events/month=11/year=2026/day=20/hour=12/page_view-s-1.parquet",
        "raw/year=2026/month=11/day=20/hour=12/page_view-s-1.parquet",
        "events/year=2026/month=11/day=20/hour=12/page_view.parquet",
        "events/year=²⁰²⁶/month=11/day=20/hour=12/page_view-s-1.parquet",
    ],
)
def test_what_is_no_lake_key_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        LakeKey.parse(text)


def test_keys_are_known_without_arrow() -> None:
    loaded = "import sys, chalicelib.lake.keys; print({'pyarrow', 'numpy'} & set(sys.modules))"

    printed = subprocess.run(  # noqa: S603
        [sys.executable, "-c", loaded], capture_output=True, text=True, check=True
    )

    assert printed.stdout == "set()\n"
