"""A series from a CSV file, with windows from its labels or from a file of their own."""

from __future__ import annotations

import csv
import json
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice, pairwise
from pathlib import Path
from typing import NamedTuple

from chalicelib.anomalies.detector import LEAST_N, Point
from chalicelib.model import instant
from chalicelib.model.anomaly import Metric
from chalicelib.model.hour import Hour
from ops.backtest.case import Case, Window

REQUIRED = ("timestamp", "value")
# For latencies and shares without an `n` of their own.
USUAL_N = 1_000
# A wrong digit in a year would otherwise mean millions of missing hours.
MOST_HOURS = 10 * 366 * 24
# Milliseconds since 2001 have as many digits; seconds have fewer.
_MILLISECONDS_DIGITS = 12

_LABELS = {
    **dict.fromkeys(("1", "1.0", "true", "yes", "anomaly"), True),
    **dict.fromkeys(("", "0", "0.0", "false", "no", "normal"), False),
}


class BadFile(Exception):
    """What is wrong with a file, and where."""

    def __init__(self, path: Path, reason: str, line: int | None = None) -> None:
        where = path.name if line is None else f"{path.name}, line {line}"
        super().__init__(f"{where}: {reason}")


class Row(NamedTuple):
    hour: Hour
    value: float
    n: int | None
    is_labelled: bool


def read(path: Path, metric: Metric, windows_path: Path | None = None) -> Case:
    """Read a series; the values of an hour are summed for volume, otherwise averaged by `n`.

    Raises:
        BadFile: it is not such a file.
    """
    rows = list(_rows(path))
    if not rows:
        raise BadFile(path, "has no rows")
    hours = sorted({row.hour for row in rows})
    if hours and hours[0].plus(MOST_HOURS) < hours[-1]:
        reason = f"spans {hours[0].text} to {hours[-1].text}, which is more than ten years"
        raise BadFile(path, reason)
    has_labels = "label" in _columns(path)
    windows = _labelled(rows) if has_labels else None
    if windows_path is not None:
        windows = _windows(windows_path, path.name)
    by_hour = defaultdict(list)
    for row in rows:
        by_hour[row.hour].append(row)
    points = {hour: _point(path, metric, by_hour[hour]) for hour in sorted(by_hour)}
    series = {hour: point for hour, point in points.items() if _is_enough(metric, point)}
    return Case(name=path.stem, metric=metric, series=series, windows=windows)


def _is_enough(metric: Metric, point: Point) -> bool:
    return metric is Metric.VOLUME or point.n >= LEAST_N[metric]


def _point(path: Path, metric: Metric, rows: Sequence[Row]) -> Point:
    """Combine the rows of an hour.

    Raises:
        BadFile: their sum is beyond what a double can hold.
    """
    try:
        point = _combined(metric, rows)
    except OverflowError:
        point = Point(math.inf, 0)
    if not math.isfinite(point.value):
        raise BadFile(
            path, f"the values of {rows[0].hour.text} add up to more than a number holds"
        )
    return point


def _combined(metric: Metric, rows: Sequence[Row]) -> Point:
    total = math.fsum(row.value for row in rows)
    if metric is Metric.VOLUME:
        return Point(total, round(total))
    n = sum(row.n or 0 for row in rows)
    if not n:
        return Point(total / len(rows), 0 if any(row.n == 0 for row in rows) else USUAL_N)
    return Point(math.fsum(row.value * (row.n or 0) for row in rows) / n, n)


def _columns(path: Path) -> Sequence[str]:
    _, names = next(_lines(path), (1, []))
    return [name.strip().lower() for name in names]


def _lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Read each line that is not empty, with its number.

    Raises:
        BadFile: it is not text in UTF-8, or has a cell that no series has.
    """
    with path.open(newline="", encoding="utf-8-sig") as file:
        reader = csv.reader(file)
        try:
            for cells in reader:
                if cells or reader.line_num == 1:
                    yield reader.line_num, cells
        except UnicodeDecodeError as error:
            raise BadFile(path, "is not text in UTF-8", reader.line_num + 1) from error
        except csv.Error as error:
            raise BadFile(path, str(error), reader.line_num) from error


def _rows(path: Path) -> Iterator[Row]:
    columns = _columns(path)
    for name in REQUIRED:
        if name not in columns:
            raise BadFile(path, f"has no column {name}; expected timestamp,value[,label][,n]", 1)
    if twice := [name for name, count in Counter(columns).items() if count > 1]:
        raise BadFile(path, f"has more than one column {twice[0]}", 1)
    for line, cells in islice(_lines(path), 1, None):
        if len(cells) != len(columns):
            reason = f"has {len(cells)} columns, but the header has {len(columns)}"
            raise BadFile(path, reason, line)
        row = dict(zip(columns, (cell.strip() for cell in cells), strict=True))
        try:
            yield _row(row)
        except ValueError as error:
            raise BadFile(path, str(error), line) from error


def _row(row: dict[str, str]) -> Row:
    n = _number(row["n"], "n") if row.get("n") else None
    if (label := row.get("label", "").lower()) not in _LABELS:
        raise ValueError(f"label: {label} is neither 0 nor 1")
    return Row(
        hour=_hour(row["timestamp"], "timestamp"),
        value=_number(row["value"], "value"),
        n=None if n is None else int(n),
        is_labelled=_LABELS[label],
    )


def _number(text: str, column: str) -> float:
    try:
        number = float(text)
    except ValueError:
        raise ValueError(f"{column}: {text or 'nothing'} is not a number") from None
    if not math.isfinite(number) or number < 0:
        raise ValueError(f"{column}: {text} must be a number of at least zero")
    return number


def _hour(text: str, column: str) -> Hour:
    """Read ISO 8601, in UTC unless it has an offset, or epoch milliseconds."""
    if text.isdigit() and len(text) < _MILLISECONDS_DIGITS:
        raise ValueError(f"{column}: {text} has too few digits for epoch milliseconds")
    try:
        if text.isdigit():
            return Hour.of(instant.parse(int(text)))
        moment = datetime.fromisoformat(text)
        return Hour.of(instant.millis(moment if moment.tzinfo else moment.replace(tzinfo=UTC)))
    except (ValueError, OverflowError):
        example = "2026-11-21 10:00:00"
        raise ValueError(
            f"{column}: {text or 'nothing'} is not a valid time such as {example}"
        ) from None


def _labelled(rows: Iterable[Row]) -> tuple[Window, ...]:
    """Join consecutive labelled hours."""
    hours = sorted({row.hour for row in rows if row.is_labelled})
    if not hours:
        return ()
    breaks = [(end, begin) for end, begin in pairwise(hours) if begin != end.plus(1)]
    firsts = [hours[0], *(begin for _, begin in breaks)]
    lasts = [*(end for end, _ in breaks), hours[-1]]
    return tuple(map(Window, firsts, lasts))


def _windows(path: Path, csv_name: str) -> tuple[Window, ...]:
    """Read `[[from, to], …]`, or an object of such lists by the names of files."""
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise BadFile(path, f"is not JSON: {error}") from error
    if isinstance(content, dict):
        named = [name for name in content if Path(name).name == csv_name]
        if not named:
            raise BadFile(path, f"has no windows for {csv_name}")
        content = content[named[0]]
    return tuple(_window(path, pair) for pair in (content if isinstance(content, list) else [0]))


def _window(path: Path, pair: object) -> Window:
    match pair:
        case [str(first), str(last)]:
            try:
                window = Window(_hour(first, "window"), _hour(last, "window"))
            except ValueError as error:
                raise BadFile(path, str(error)) from error
            if window.first <= window.last:
                return window
        case _:
            pass
    raise BadFile(path, f"expected [[from, to], …], not {json.dumps(pair)}")
