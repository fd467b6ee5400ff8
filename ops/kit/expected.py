"""What to tell people about errors that come with the territory."""

from __future__ import annotations

from ops.kit.errors import OperationFailed

_UNREACHED = (
    "Is the local cloud still up? See `python -m ops status`."
    " In AWS: are you signed in, to the right account and region?"
)


def expected(error: Exception) -> OperationFailed | None:
    """The error as something to act on; nothing for one that only a traceback explains."""
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
    return OperationFailed(f"{reason}: {error.filename}", "Is that the place that you meant?")
