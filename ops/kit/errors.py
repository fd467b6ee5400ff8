"""Failures that a person can act on: our own, and those of others that are to be expected."""

from __future__ import annotations

_UNREACHED = (
    "For the local cloud, check `python -m ops status`."
    " For AWS, check that you are signed in to the right account and region."
)


class OperationFailed(Exception):
    """Shown without a traceback: what went wrong, and what to do about it."""

    def __init__(self, reason: str, advice: str = "") -> None:
        super().__init__(reason, advice)
        self.reason = reason
        self.advice = advice


def expected(error: Exception) -> OperationFailed | None:
    """Return the error with advice, or None when only a traceback can explain it."""
    from botocore.exceptions import BotoCoreError, ClientError
    from urllib3.exceptions import HTTPError

    if isinstance(error, OperationFailed):
        return error
    if isinstance(error, BotoCoreError | ClientError | HTTPError | ConnectionError | TimeoutError):
        return OperationFailed(str(error) or type(error).__name__, _UNREACHED)
    if isinstance(error, OSError):
        return _of_the_system(error)
    return None


def _of_the_system(error: OSError) -> OperationFailed:
    reason = error.strerror or str(error)
    if error.filename is None:
        return OperationFailed(f"{reason}.")
    return OperationFailed(f"{reason}: {error.filename}", "Check the path.")
