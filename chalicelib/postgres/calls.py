"""How psycopg's errors become ours, without credentials and without what clients sent."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from chalicelib.errors import Contended, RowsRefused, StoreUnavailable

# Rolled back by the server itself: a deadlock, a lock or statement that took too long.
_CONTENDED = (
    psycopg.errors.DeadlockDetected,
    psycopg.errors.SerializationFailure,
    psycopg.errors.LockNotAvailable,
    psycopg.errors.QueryCanceled,
)


@contextmanager
def translated() -> Iterator[None]:
    """Turn psycopg's errors into ours.

    Raises:
        RowsRefused: a row's values can't be stored, so nothing was.
        Contended: refused because of a lock or a timeout, so certainly not applied.
        StoreUnavailable: anything else; its effect is unknown.
    """
    try:
        yield
    except (psycopg.DataError, psycopg.errors.ProgramLimitExceeded) as error:
        # Its message quotes the values.
        raise RowsRefused(f"SQLSTATE {error.sqlstate}") from None
    except _CONTENDED as error:
        raise Contended(described(error)) from error
    except psycopg.Error as error:
        raise StoreUnavailable(described(error)) from error


def described(error: psycopg.Error) -> str:
    """Describe an error by its first line, which names host and user but no password."""
    text = error.diag.message_primary or str(error)
    first = text.strip().partition("\n")[0]
    return f"{type(error).__name__}: {first}"
