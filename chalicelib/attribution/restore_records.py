"""Store clicks and checkouts of any shards, and attribute what they touch, whatever was before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from chalicelib.archive.record import Record, Shard
from chalicelib.attribution.part import rows_of
from chalicelib.attribution.patience import Patience
from chalicelib.attribution.ports import RowStore
from chalicelib.attribution.read_row import Reason
from chalicelib.errors import RowsRefused


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreRecords:
    """Reads no checkpoint and moves none: of repeated records the earliest is kept anyway.

    It waits for a database that is away, for as long as its patience lasts for a transaction.
    """

    store: RowStore
    patience: Patience

    def __call__(self, records: Sequence[tuple[Shard, Record]]) -> Counter[str]:
        """Store records in one transaction, or in several if the database refuses one of them.

        Return counts of the records by what became of them, and of what they changed.

        Raises:
            StoreUnavailable: the database was away for too long. Some may be stored.
        """
        counts: Counter[str] = Counter(records=len(records))
        self._restore(records, counts)
        return counts

    def _restore(
        self,
        records: Sequence[tuple[Shard, Record]],
        counts: Counter[str],
        reason: Reason | None = None,
    ) -> None:
        """Store records, and isolate those that the database refuses."""
        kinds, rows = rows_of(records, reason)
        try:
            applied = self.patience(
                partial(self.store.restore, rows), partial(counts.update, retries=1)
            )
        except RowsRefused:
            if len(records) == 1:
                self._restore(records, counts, Reason.REFUSED)
                return
            half = len(records) // 2
            self._restore(records[:half], counts)
            self._restore(records[half:], counts)
            return
        counts.update(kinds)
        counts.update(applied._asdict(), transactions=1)
