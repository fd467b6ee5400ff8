"""Every error the pipeline raises on purpose, one per reaction of the code that catches it."""

from __future__ import annotations


class PipelineError(Exception):
    """Base of all expected failures; anything else is a bug."""


class StoreUnavailable(PipelineError):
    """An outside failure whose effect may be unknown: retry later."""


class Contended(StoreUnavailable):
    """Refused because of throttling or a conflict, so certainly not applied: retry soon."""


class RowsRefused(PipelineError):
    """The database can't store a value of one of the rows, however often it is tried."""


class SchemaMismatch(PipelineError):
    """The database's schema isn't the one that this version works with."""


class CheckpointMoved(PipelineError):
    """Another attempt has committed records of this shard: read its checkpoint again."""


class AlreadyRunning(PipelineError):
    """The job has an active run, and room for no other."""


class JobMissing(PipelineError):
    """The job is not deployed."""


class ClaimLost(PipelineError):
    """Another attempt has claimed the shard: leave the records to it, and retry later."""


class ObjectMissing(PipelineError):
    """No object has this key now."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


class Unreadable(PipelineError):
    """What is stored is not what its key promises, and reading it again won't help."""


class Superseded(PipelineError):
    """A newer mark has claimed the hour: leave it to the one that holds it."""


class VersionConflict(PipelineError):
    """Somebody else has changed it since it was read: read it again, and decide again."""


class TooMuchRead(PipelineError):
    """A question took more items than one request may read: ask for less."""

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self.most = most


class TookTooLong(PipelineError):
    """A question was stopped after the time that one request may take: ask for less."""


class AttributionOff(PipelineError):
    """The stage has no database of attribution, so that nothing is attributed."""


class BatchIncomplete(PipelineError):
    """Raised if the event source doesn't read partial failures, so that it retries the batch."""


class BadRequest(PipelineError):
    """The caller's fault: answered with the reason, never retried."""

    def __init__(self, code: str, message: str, field: str | None = None) -> None:
        super().__init__(code, message, field)
        self.code = code
        self.message = message
        self.field = field
