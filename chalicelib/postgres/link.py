"""The one connection of a container, opened when it is needed and replaced when it fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import LiteralString

import psycopg
from psycopg import IsolationLevel

from chalicelib.errors import Contended, RowsRefused, StoreUnavailable
from chalicelib.postgres.calls import translated
from chalicelib.postgres.conninfo import Conninfo


@dataclass(slots=True)
class Link:
    """`conninfo` is asked at every opening, so that a rotated password is picked up.

    `session` is run on every new connection, and `settings` are the server's for the session.
    `n_opened` counts the connections.
    """

    conninfo: Callable[[], Conninfo]
    session: LiteralString = ""
    settings: Mapping[str, str | int] = field(default_factory=dict)
    connect: Callable[..., psycopg.Connection] = psycopg.connect
    n_opened: int = 0
    _connection: psycopg.Connection | None = None

    @contextmanager
    def use(self) -> Iterator[psycopg.Connection]:
        """Yield the connection, and drop it after an error whose effect is unknown.

        Raises:
            RowsRefused, Contended, StoreUnavailable: as `translated` does.
        """
        try:
            with translated():
                yield self._opened()
        except (RowsRefused, Contended):
            raise
        except StoreUnavailable:
            self.close()
            raise

    def close(self) -> None:
        if self._connection is not None:
            # It may be broken, which is why it is closed.
            with suppress(psycopg.Error):
                self._connection.close()
            self._connection = None

    def _opened(self) -> psycopg.Connection:
        if self._connection is not None and not self._connection.closed:
            return self._connection
        conninfo = self.conninfo()
        options = conninfo.options(**self.settings)
        connection = self.connect(conninfo.text, autocommit=True, **options)
        # Whatever the server's or the user's default is: see `statements`.
        connection.isolation_level = IsolationLevel.READ_COMMITTED
        connection.read_only = False
        if self.session:
            connection.execute(self.session)
        self._connection = connection
        self.n_opened += 1
        return connection
