"""The one error of the command line: something a person can act on."""

from __future__ import annotations


class OperationFailed(Exception):
    """Shown without a traceback: what went wrong, and what to do about it."""

    def __init__(self, reason: str, advice: str = "") -> None:
        super().__init__(reason, advice)
        self.reason = reason
        self.advice = advice
