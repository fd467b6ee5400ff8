"""How every adapter calls AWS: with bounded times, and with botocore's errors translated."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.errors import Contended, StoreUnavailable, Superseded

# Lambda stops a function that waits too long; a socket's default of 60 s would take all its time.
CONFIG = Config(
    connect_timeout=3,
    read_timeout=15,
    retries={"mode": "standard", "total_max_attempts": 4},
    max_pool_connections=16,
)

THROTTLES = frozenset(
    {
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "SlowDown",
        "Throttling",
        "ThrottlingException",
        "TransactionConflictException",
        "TransactionInProgressException",
    }
)


def code_of(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def is_refused(error: StoreUnavailable) -> bool:
    """Say whether the write was refused by its own condition."""
    cause = error.__cause__
    if not isinstance(cause, ClientError):
        return False
    reasons = [reason.get("Code") for reason in cause.response.get("CancellationReasons", [])]
    return (
        code_of(cause) == "ConditionalCheckFailedException" or "ConditionalCheckFailed" in reasons
    )


@contextmanager
def translated() -> Iterator[None]:
    """Turn botocore's errors into ours.

    Raises:
        Contended: refused because of throttling, so certainly not applied.
        StoreUnavailable: anything else; its effect is unknown.
    """
    try:
        yield
    except ClientError as error:
        kind = Contended if code_of(error) in THROTTLES else StoreUnavailable
        raise kind(str(error)) from error
    except BotoCoreError as error:
        raise StoreUnavailable(str(error)) from error


@contextmanager
def fenced() -> Iterator[None]:
    """Translate as `translated` does, for a write that a newer one may have fenced off.

    Raises:
        Superseded: its condition did not hold.
        StoreUnavailable: as above.
    """
    try:
        with translated():
            yield
    except StoreUnavailable as error:
        if is_refused(error):
            raise Superseded from error
        raise
