"""Find the rows that repeat an event: exactly, and cheaply if there are none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from chalicelib.model.ledger import SEQUENCE_DIGITS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    type Codes = NDArray[np.int32]
    type Flags = NDArray[np.bool_]
    type Hashes = NDArray[np.uint64]
    type Integers = NDArray[np.int64]

HASH = "event_hash"
_EVENT = "event_id"
_SEQUENCE = "kinesis_sequence_number"
_SOURCES = ("kinesis_stream", "kinesis_shard_id")
_INSTANT = "ingested_at"
COLUMNS = (HASH, _EVENT, _INSTANT, *_SOURCES, _SEQUENCE)

_WORD = 8
_TWO_TO_64 = 1 << 64
# 2**64 over the golden ratio, whose multiples are spread evenly.
_MULTIPLIER = 0x9E3779B97F4A7C15
_SHIFT = np.uint64(32)
_FEWEST_BITS = 16


def prepared(table: pa.Table) -> pa.Table:
    """Add a 64-bit hash of each row's event_id; hold sequence numbers in half their space."""
    hashes = [_hash(chunk) for chunk in table[_EVENT].chunks if len(chunk)]
    column = np.concatenate(hashes) if hashes else np.empty(0, dtype=np.uint64)
    position = table.column_names.index(_SEQUENCE)
    numbers = table[_SEQUENCE].cast(pa.decimal256(SEQUENCE_DIGITS))
    return table.set_column(position, _SEQUENCE, numbers).append_column(HASH, pa.array(column))


def repeats(table: pa.Table, user: Codes) -> Flags:
    """Mark each row whose (user, event_id) has another row of higher precedence.

    Rows with different hashes differ, so only the few others are compared exactly.
    """
    is_suspect = _is_of_like_hash(table[HASH].to_numpy())
    is_repeat = np.zeros(len(table), dtype=np.bool_)
    if is_suspect.any():
        suspects = table.filter(pa.array(is_suspect))
        is_repeat[is_suspect] = _repeats_among(suspects, user[is_suspect])
    return is_repeat


def _hash(ids: pa.StringArray) -> Hashes:
    """Add up the mixed words of each text; words of padding add nothing."""
    offsets = np.frombuffer(ids.buffers()[1], np.int32, len(ids) + 1, ids.offset * 4)
    text = np.frombuffer(ids.buffers()[2], np.uint8)[offsets[0] : offsets[-1]]
    lengths = np.diff(offsets)
    width = -(-int(lengths.max()) // _WORD) * _WORD
    padded = np.zeros((len(ids), width), dtype=np.uint8)
    if lengths.min() == lengths.max():
        padded[:, : lengths[0]] = text.reshape(len(ids), lengths[0])
    else:
        padded[np.arange(width) < lengths[:, np.newaxis]] = text
    hashes = np.zeros(len(ids), dtype=np.uint64)
    for position, word in enumerate(padded.view(np.uint64).T, start=1):
        weight = np.uint64(pow(_MULTIPLIER, 2 * position, _TWO_TO_64))
        mixed = (word ^ (word >> _SHIFT)) * np.uint64(_MULTIPLIER)
        hashes += (mixed ^ (mixed >> _SHIFT)) * weight
    return hashes


def _is_of_like_hash(hashes: Hashes) -> Flags:
    """Mark each hash that occurs more than once.

    Sorting values is several times quicker than sorting positions, and a table of leading bits
    leaves few rows to look up among the repeated ones.
    """
    ordered = np.sort(hashes)
    repeated = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
    is_suspect = np.zeros(len(hashes), dtype=np.bool_)
    if not len(repeated):
        return is_suspect
    leading_bits = max(_FEWEST_BITS, len(hashes).bit_length())
    shift = np.uint64(64 - leading_bits)
    is_near = np.zeros(1 << leading_bits, dtype=np.bool_)
    is_near[repeated >> shift] = True
    near = np.flatnonzero(is_near[hashes >> shift])
    is_suspect[near[np.isin(hashes[near], repeated)]] = True
    return is_suspect


def _repeats_among(rows: pa.Table, user: Codes) -> Flags:
    event = _ranks(rows[_EVENT])
    keys: list[NDArray[np.generic]] = [*_precedence(rows), user, event]
    order = np.lexsort(keys)
    is_like_last = (np.diff(event[order]) == 0) & (np.diff(user[order]) == 0)
    is_repeat = np.zeros(len(rows), dtype=np.bool_)
    is_repeat[order[1:][is_like_last]] = True
    return is_repeat


def _precedence(rows: pa.Table) -> tuple[Integers, ...]:
    """Return the sort keys, the most significant last as numpy expects."""
    stream, shard = (_ranks(rows[name].cast(pa.string())) for name in _SOURCES)
    return _ranks(rows[_SEQUENCE]), shard, stream, rows[_INSTANT].cast("int64").to_numpy()


def _ranks(column: pa.ChunkedArray) -> Integers:
    ranks: Integers = pc.rank(column.combine_chunks(), tiebreaker="dense").to_numpy()
    return ranks
