"""Every error the pipeline raises on purpose, one per reaction of its catcher."""

from __future__ import annotations


class PipelineError(Exception):
    """Base of all expected failures; anything else is a bug."""


class StoreUnavailable(PipelineError):
    """The world's fault, outcome perhaps unknown: whoever catches it tries again later."""


class Contended(StoreUnavailable):
    """Refused for throttling or a conflict, and surely not applied: try again soon."""


class CheckpointMoved(PipelineError):
    """Another attempt has committed since the checkpoint was read: read it again."""


class ObjectMissing(PipelineError):
    """No object has this key now."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


class Unreadable(PipelineError):
    """What is stored is not what its key promises, and reading it again won't change that."""


class Superseded(PipelineError):
    """A rollup with a newer mark has claimed the hour: leave it to that one."""


class TooMuchRead(PipelineError):
    """A question took more items than one request may read: ask for less."""

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self.most = most


class BatchIncomplete(PipelineError):
    """Raised where the event source cannot hear of partial failure, so that it retries."""


class BadRequest(PipelineError):
    """The caller's fault: answered with the reason, never retried."""

    def __init__(self, code: str, message: str, field: str | None = None) -> None:
        super().__init__(code, message, field)
        self.code = code
        self.message = message
        self.field = field
