"""Notice streams from which there is nothing to read, for sources that give no empty batches."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from pyspark.sql.streaming import StreamingQueryListener

from chalicelib.errors import StoreUnavailable
from chalicelib.model import instant


class Idle(Protocol):
    def idle(self, since_ms: int) -> None:
        """Record that there was nothing to read at this instant.

        Raises:
            StoreUnavailable: it may have been recorded.
        """
        ...


class IdleListener(StreamingQueryListener):  # type: ignore[misc]  # untyped
    """Passes on when a query found nothing, by the id of its run."""

    def __init__(self, by_run: Mapping[str, Idle]) -> None:
        super().__init__()
        self._by_run = by_run

    def onQueryStarted(self, event: Any) -> None:  # noqa: N802  Spark's name, as are the others
        pass

    def onQueryProgress(self, event: Any) -> None:  # noqa: N802
        pass

    def onQueryIdle(self, event: Any) -> None:  # noqa: N802
        found = self._by_run.get(str(event.runId))
        if found is None:
            return
        try:
            found.idle(instant.parse(event.timestamp))
        except StoreUnavailable:
            # The next event says more than this one.
            return

    def onQueryTerminated(self, event: Any) -> None:  # noqa: N802
        pass
