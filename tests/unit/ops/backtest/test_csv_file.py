from __future__ import annotations

import json
from pathlib import Path

import pytest

from chalicelib.anomalies.detector import Point
from chalicelib.model.anomaly import Metric
from chalicelib.model.hour import Hour
from ops.backtest.case import Window
from ops.backtest.csv_file import BadFile, read

TEN = Hour.parse("2026-11-21T10")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "load.csv"


def write(path: Path, *lines: str) -> Path:
    path.write_text("".join(f"{line}\n" for line in lines))
    return path


@pytest.mark.parametrize(
    "timestamp",
    [
        "2026-11-21 10:59:00",
        "2026-11-21T10:00:00Z",
        "2026-11-21T11:30:00+01:00",
        "2026-11-21 10:15:00.000000",
        "1795255200000",
    ],
)
def test_times_are_read_in_the_forms_that_files_have_and_as_utc(
    path: Path, timestamp: str
) -> None:
    case = read(write(path, "timestamp,value", f"{timestamp},5"), Metric.VOLUME)

    assert list(case.series) == [TEN]


def test_the_values_of_an_hour_are_summed_for_volume_and_averaged_for_latency(path: Path) -> None:
    write(path, "timestamp,value", "2026-11-21 10:00,5", "2026-11-21 10:05,8")

    assert read(path, Metric.VOLUME).series == {TEN: Point(13.0, 13)}
    assert read(path, Metric.LATENCY).series == {TEN: Point(6.5, 1_000)}


def test_an_hour_without_a_line_is_missing_and_one_of_zero_is_not(path: Path) -> None:
    write(path, "timestamp,value", "2026-11-21 10:00,0", "2026-11-21 12:00,8")

    assert read(path, Metric.VOLUME).series == {
        TEN: Point(0.0, 0),
        TEN.plus(2): Point(8.0, 8),
    }


def test_how_many_events_a_value_rests_on_may_be_told(path: Path) -> None:
    lines = "2026-11-21 10:00,0.5,20", "2026-11-21 10:30,0.8,40", "2026-11-21 11:00,0.9,5"
    write(path, "timestamp,value,n", *lines)

    case = read(path, Metric.ERROR_RATE)

    assert case.series == {TEN: Point(0.7, 60)}


def test_columns_may_come_in_any_order_and_with_spaces_and_a_mark(path: Path) -> None:
    path.write_text("\ufeffValue, Timestamp\n5, 2026-11-21 10:00\n\n", encoding="utf-8")

    assert read(path, Metric.VOLUME).series == {TEN: Point(5.0, 5)}


def test_labelled_hours_that_follow_each_other_are_a_window(path: Path) -> None:
    labels = [0, 1, 1, 0, 1, 0]
    rows = [f"{TEN.plus(n).window_start},5,{label}" for n, label in enumerate(labels)]

    case = read(write(path, "timestamp,value,label", *rows), Metric.VOLUME)

    assert case.windows == (Window(TEN.plus(1), TEN.plus(2)), Window(TEN.plus(4), TEN.plus(4)))


def test_a_file_without_labels_says_nothing_of_what_ought_to_be_found(path: Path) -> None:
    unlabelled = read(write(path, "timestamp,value", "2026-11-21 10:00,5"), Metric.VOLUME)
    clean = read(write(path, "timestamp,value,label", "2026-11-21 10:00,5,0"), Metric.VOLUME)

    assert (unlabelled.windows, clean.windows) == (None, ())


@pytest.mark.parametrize(
    "content",
    [
        [["2026-11-21 10:15:00.000000", "2026-11-21 12:00:00.000000"]],
        {
            "realKnownCause/other.csv": [],
            "realKnownCause/load.csv": [["2026-11-21 10:15:00", "2026-11-21 12:00:00"]],
        },
    ],
    ids=["a list", "by file name"],
)
def test_windows_may_come_in_a_file_of_their_own(path: Path, content: object) -> None:
    write(path, "timestamp,value", "2026-11-21 10:00,5")
    windows = path.with_name("combined_windows.json")
    windows.write_text(json.dumps(content))

    assert read(path, Metric.VOLUME, windows).windows == (Window(TEN, TEN.plus(2)),)


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([], "load.csv, line 1: has no column timestamp"),
        (["time,value", "1,2"], "load.csv, line 1: has no column timestamp"),
        (["timestamp,count", "1,2"], "load.csv, line 1: has no column value"),
        (["timestamp,value", "2026-11-21 10:00"], "line 2: has 1 columns, but the header has 2"),
        (["timestamp,value", "2026-11-21 10:00,5", "tomorrow,5"], "line 3: timestamp: tomorrow"),
        (["timestamp,value", ",5"], "line 2: timestamp: nothing is not a valid time such as"),
        (["timestamp,value", "99999999999999999999,5"], "line 2: timestamp: 9999"),
        (["timestamp,value", "2026-11-21 10:00,many"], "line 2: value: many is not a number"),
        (["timestamp,value", "2026-11-21 10:00,"], "line 2: value: nothing is not a number"),
        (["timestamp,value", "2026-11-21 10:00,-1"], "line 2: value: -1 must be a number of"),
        (["timestamp,value", "2026-11-21 10:00,nan"], "line 2: value: nan must be a number of"),
        (["timestamp,value,label", "2026-11-21 10:00,1,perhaps"], "line 2: label: perhaps"),
        (["timestamp,value,n", "2026-11-21 10:00,1,x"], "line 2: n: x is not a number"),
        (["timestamp,value,value", "2026-11-21 10:00,1,2"], "line 1: has more than one column v"),
        (["timestamp,value", f"2026-11-21 10:00,{'1' * 131_073}"], "line 2: field larger than"),
    ],
)
def test_a_bad_line_is_named_with_its_column_and_the_reason(
    path: Path, lines: list[str], message: str
) -> None:
    with pytest.raises(BadFile) as bad:
        read(write(path, *lines), Metric.VOLUME)

    assert message in str(bad.value)


def test_bytes_that_are_no_text_are_refused(path: Path) -> None:
    path.write_bytes(b"\xff\xfe\x00timestamp")

    with pytest.raises(BadFile, match="not text"):
        read(path, Metric.VOLUME)


def test_a_byte_that_is_no_text_is_refused_however_late_it_comes(path: Path) -> None:
    rows = b"".join(b"2026-11-21 10:00,5\n" for _ in range(10_000))
    path.write_bytes(b"timestamp,value\n" + rows + b"\xff,5\n")

    with pytest.raises(BadFile, match="is not text in UTF-8"):
        read(path, Metric.VOLUME)


@pytest.mark.parametrize("metric", [Metric.VOLUME, Metric.LATENCY])
def test_an_hour_whose_sum_is_no_number_is_refused(path: Path, metric: Metric) -> None:
    write(path, "timestamp,value", "2026-11-21 10:00,1e308", "2026-11-21 10:30,1e308")

    with pytest.raises(BadFile, match="values of 2026-11-21T10 add up to more than"):
        read(path, metric)


def test_a_product_that_is_no_number_is_refused(path: Path) -> None:
    write(path, "timestamp,value,n", "2026-11-21 10:00,1e308,100")

    with pytest.raises(BadFile, match="add up to more than"):
        read(path, Metric.LATENCY)


def test_windows_may_begin_with_a_byte_order_mark(path: Path) -> None:
    write(path, "timestamp,value", "2026-11-21 10:00,5")
    windows = path.with_suffix(".json")
    windows.write_text('\ufeff[["2026-11-21 10:00", "2026-11-21 11:00"]]', encoding="utf-8")

    assert read(path, Metric.VOLUME, windows).windows == (Window(TEN, TEN.plus(1)),)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "is not JSON"),
        ('{"other.csv": []}', "has no windows for load.csv"),
        ('"x"', "expected"),
        ("[[1, 2]]", "not [1, 2]"),
        ('[["2026-11-21 12:00", "2026-11-21 10:00"]]', "expected [[from, to]"),
        ('[["soon", "later"]]', "window: soon is not a valid time"),
    ],
)
def test_bad_windows_are_refused_with_the_reason(path: Path, text: str, message: str) -> None:
    write(path, "timestamp,value", "2026-11-21 10:00,5")
    windows = path.with_suffix(".json")
    windows.write_text(text)

    with pytest.raises(BadFile) as bad:
        read(path, Metric.VOLUME, windows)

    assert str(bad.value).startswith("load.json: ")
    assert message in str(bad.value)


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (["2026-11-21 10:00,5", "9999-11-21 10:00,5"], "more than ten years"),
        (["1795255200,5"], "line 2: timestamp: 1795255200 has too few digits"),
    ],
)
def test_a_file_that_is_endless_or_in_seconds_is_refused(
    path: Path, lines: list[str], reason: str
) -> None:
    write(path, "timestamp,value", *lines)

    with pytest.raises(BadFile, match=reason):
        read(path, Metric.VOLUME)
