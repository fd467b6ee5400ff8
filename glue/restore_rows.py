"""Put rows through the statements of the Lambda path, in the processes of Spark's executors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import batched
from typing import Any

from chalicelib.attribution.patience import Patience
from chalicelib.attribution.ports import RowStore
from chalicelib.attribution.read_row import Reason, decimal
from chalicelib.errors import RowsRefused
from chalicelib.model import instant
from chalicelib.model.attribution import Checkout, Click, Rows, Unstorable

type StoredRow = Click | Checkout | Unstorable

BATCH_ROWS = 5_000


@dataclass(frozen=True, slots=True)
class RestoreRows:
    """Rows may be those of any shards: an earlier record of an event wins, in any order.

    Checkpoints are not touched, so that a running Lambda path loses nothing. Both lock users in
    the same order, so that neither waits for the other in a circle.
    """

    store: RowStore
    patience: Patience

    def __call__(self, rows: Iterable[StoredRow]) -> Counter[str]:
        """Restore in transactions of `BATCH_ROWS`; return how many rows of each kind there were.

        Raises:
            StoreUnavailable: the database was away for too long. Some may be stored.
        """
        counts: Counter[str] = Counter()
        for batch in batched(rows, BATCH_ROWS):
            self._restore(batch, counts)
        return counts

    def _restore(self, rows: Sequence[StoredRow], counts: Counter[str]) -> None:
        """Restore rows, and isolate those that the database refuses."""
        part = _by_kind(rows)
        try:
            # After an unknown outcome, what is repeated changes nothing.
            applied = self.patience(
                partial(self.store.restore, part), partial(counts.update, retries=1)
            )
        except RowsRefused:
            if len(rows) == 1:
                self._restore([_refused(rows[0])], counts)
                return
            half = len(rows) // 2
            self._restore(rows[:half], counts)
            self._restore(rows[half:], counts)
            return
        counts.update(
            clicks=len(part.clicks),
            checkouts=len(part.checkouts),
            unstorable=len(part.unstorable),
            **applied._asdict(),
        )


def _by_kind(rows: Sequence[StoredRow]) -> Rows:
    return Rows(
        clicks=[row for row in rows if isinstance(row, Click)],
        checkouts=[row for row in rows if isinstance(row, Checkout)],
        unstorable=[row for row in rows if isinstance(row, Unstorable)],
    )


def _refused(row: StoredRow) -> Unstorable:
    return Unstorable(row.stream, row.shard_id, row.sequence, Reason.REFUSED, "")


def clicks_of(rows: Iterable[Any]) -> Iterator[Click]:
    """Read rows with the columns of `transforms.CLICKS`."""
    for user_id, click_id, clicked_ms, ingested_ms, *rest in rows:
        yield Click(user_id, click_id, *map(instant.to_text, (clicked_ms, ingested_ms)), *rest)


def checkouts_of(rows: Iterable[Any]) -> Iterator[Checkout]:
    """Read rows with the columns of `transforms.CHECKOUTS`."""
    for row in rows:
        user_id, checkout_id, at_ms, ingested_ms, stream, shard_id, sequence, source, *own = row
        at, ingested_at = map(instant.to_text, (at_ms, ingested_ms))
        micros, currency = own
        amount = None if micros is None else decimal(micros)
        place = (stream, shard_id, sequence)
        yield Checkout(user_id, checkout_id, at, ingested_at, *place, source, amount, currency)
