"""What one hour contributes to every experiment, whether or not it is defined yet.

The kind `EXPOSURES` has a row for each user, experiment and variant, stamped with the first time.
Every other kind is an event type: the events of users who were exposed to anything in that hour
one by one, since only some of them followed an exposure, and those of everybody else summed by
user and currency, stamped with the first. So a window of whole hours can be cut at any exposure,
by a definition that is made later.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from chalicelib.lake import exposures, partial_files
from chalicelib.lake.hour_rows import Coded, HourRows, Moments
from chalicelib.model.currency import NO_CURRENCY
from chalicelib.model.facts import MICRO
from chalicelib.model.hour import Hour

if TYPE_CHECKING:
    from numpy.typing import NDArray

    type Flags = NDArray[np.bool_]
    type Floats = NDArray[np.float64]
    type Hashes = NDArray[np.uint64]
    type Integers = NDArray[np.int64]
    type Positions = NDArray[np.intp]

# An event type starts with a letter, so none has this name.
EXPOSURES = "_exposures"
# A `value` is free, and a single one beyond this would decide a mean.
MAX_VALUE = 1_000_000_000.0

# What an int64 holds, as a double.
_LARGEST = float(2**63 - 2**10)


@dataclass(frozen=True, slots=True)
class Partial:
    """`n_unusable` is the number of values that are beyond `MAX_VALUE` and left out."""

    body: bytes
    n_unusable: int


@dataclass(frozen=True, slots=True, eq=False)
class _Hour:
    """An hour's rows, each with its user's place among the `hashes`, which are in order."""

    rows: HourRows
    moments: Moments
    user: Integers
    hashes: Hashes
    start_ms: int

    @classmethod
    def of(cls, rows: HourRows, moments: Moments, hour: Hour) -> _Hour:
        order = np.argsort(rows.user_hash, kind="stable")
        place = np.empty(len(order), dtype=np.int64)
        place[order] = np.arange(len(order))
        return cls(rows, moments, place[rows.user], rows.user_hash[order], hour.start_ms)

    def is_exposed(self, shown: Positions) -> Flags:
        """Mark the users who were shown anything in this hour."""
        flags = np.zeros(len(self.hashes), dtype=np.bool_)
        flags[self.user[shown]] = True
        return flags

    def who_and_when(self, ordered: Positions, starts: Positions) -> dict[str, pa.Array]:
        """Give each group its user, its earliest time and its number of events."""
        at = (self.moments.at_ms[ordered] - self.start_ms).astype(np.int32)
        return {
            "user": pa.array(self.hashes[self.user[ordered[starts]]]),
            "at": pa.array(np.minimum.reduceat(at, starts) if len(starts) else at),
            "n": pa.array(np.diff(starts, append=len(ordered)).astype(np.int32)),
        }


def partial_of(rows: HourRows, moments: Moments, hour: Hour) -> Partial:
    """Return an hour's partial, each event counted once however often it arrived.

    The same rows give the same bytes.
    """
    of = _Hour.of(rows, moments, hour)
    shown = np.flatnonzero((moments.exposure.codes >= 0) & ~rows.is_repeat)
    kept = np.flatnonzero(_is_other(rows.event_type) & ~rows.is_repeat)
    n_unusable = int(np.count_nonzero(np.abs(moments.value[kept]) > MAX_VALUE))
    tables = [_exposures(of, shown), *_by_type(_others(of, kept, of.is_exposed(shown)))]
    return Partial(partial_files.encode(tables), n_unusable)


def _is_other(event_type: Coded) -> Flags:
    if exposures.EVENT_TYPE not in event_type.names:
        return np.ones(len(event_type.codes), dtype=np.bool_)
    is_other: Flags = event_type.codes != event_type.names.index(exposures.EVENT_TYPE)
    return is_other


def _exposures(of: _Hour, shown: Positions) -> pa.Table:
    exposure = of.moments.exposure
    key = exposure.codes[shown].astype(np.int64) * len(of.hashes) + of.user[shown]
    ordered, starts = _grouped(shown, key)
    nothing = pa.array(np.zeros(len(starts), dtype=np.int64))
    return _table(
        of.who_and_when(ordered, starts)
        | {
            "kind": _coded(np.zeros(len(starts), dtype=np.int32), [EXPOSURES]),
            "label": _coded(exposure.codes[ordered[starts]], exposure.names),
        }
        | dict.fromkeys(("n_amounts", "amount_micros", "n_values", "value_micros"), nothing)
    )


def _others(of: _Hour, kept: Positions, is_exposed: Flags) -> pa.Table:
    event_type, currency = of.rows.event_type, of.rows.currency
    key = event_type.codes[kept].astype(np.int64) * len(of.hashes) + of.user[kept]
    key = key * (len(currency.names) + 1) + (currency.codes[kept] + 1)
    ordered, starts = _grouped(kept, key, is_exposed[of.user[kept]])
    value = of.moments.value[ordered]
    value[np.abs(value) > MAX_VALUE] = np.nan
    first = ordered[starts]
    n_amounts, amounts = _summed(of.rows.amount[ordered], starts)
    n_values, values = _summed(value, starts)
    return _table(
        of.who_and_when(ordered, starts)
        | {
            "kind": _coded(event_type.codes[first], event_type.names),
            "label": _coded(currency.codes[first] + 1, [NO_CURRENCY, *currency.names]),
            "n_amounts": n_amounts,
            "amount_micros": amounts,
            "n_values": n_values,
            "value_micros": values,
        }
    )


def _grouped(
    rows: Positions, key: Integers, is_alone: Flags | None = None
) -> tuple[Positions, Positions]:
    """Order rows by their key; return them, and where a group begins.

    Rows of one key are a group, unless they are to be alone.
    """
    order = np.argsort(key, kind="stable")
    key, is_start = key[order], np.ones(len(order), dtype=np.bool_)
    is_start[1:] = key[1:] != key[:-1]
    if is_alone is not None:
        is_start |= is_alone[order]
    return rows[order], np.flatnonzero(is_start)


def _summed(quantities: Floats, starts: Positions) -> tuple[pa.Array, pa.Array]:
    """Count the quantities of each group, and sum them in millionths.

    Sums are exact below 2**53, and end at what an integer can hold.
    """
    is_given = ~np.isnan(quantities)
    if not is_given.any():
        nothing = pa.array(np.zeros(len(starts), dtype=np.int64))
        return nothing, nothing
    counts = np.add.reduceat(is_given.astype(np.int32), starts)
    sums = np.add.reduceat(np.where(is_given, np.rint(quantities * MICRO), 0.0), starts)
    return pa.array(counts), pa.array(np.clip(sums, -_LARGEST, _LARGEST).astype(np.int64))


def _coded(codes: NDArray[np.int32], names: list[str]) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(
        pa.array(codes, pa.int32()), pa.array(names, pa.string())
    )


def _table(columns: dict[str, pa.Array]) -> pa.Table:
    schema = partial_files.SCHEMA
    return pa.table([columns[field.name].cast(field.type) for field in schema], schema=schema)


def _by_type(others: pa.Table) -> Iterator[pa.Table]:
    codes = others["kind"].chunk(0).indices.to_numpy() if len(others) else np.empty(0, np.int32)
    bounds = [0, *(np.flatnonzero(np.diff(codes)) + 1).tolist(), len(others)]
    for start, end in pairwise(bounds):
        yield others.slice(start, end - start)
