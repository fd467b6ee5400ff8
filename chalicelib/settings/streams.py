"""Which streams a stage has, and which of them take new clicks and checkouts."""

from __future__ import annotations

from enum import StrEnum

from chalicelib.settings.environment import EnvironmentSettings


class OwnStreams(StrEnum):
    """Whether clicks and checkouts have streams of their own.

    While draining they are read to their end, and what is new goes to the events stream.
    """

    NO = "false"
    DRAINING = "draining"
    YES = "true"

    @property
    def exist(self) -> bool:
        return self is not OwnStreams.NO

    @property
    def are_fed(self) -> bool:
        return self is OwnStreams.YES


class StreamSettings(EnvironmentSettings):
    events_stream: str
    # These exist only where `own_streams` says so.
    clicks_stream: str
    checkouts_stream: str
    own_streams: OwnStreams = OwnStreams.NO

    @property
    def has_own_streams(self) -> bool:
        return self.own_streams.exist

    @property
    def streams(self) -> tuple[str, ...]:
        """The streams that exist."""
        own = (self.clicks_stream, self.checkouts_stream) if self.has_own_streams else ()
        return self.events_stream, *own

    @property
    def streams_by_type(self) -> dict[str, str]:
        """The event types that have a stream of their own."""
        own = {"click": self.clicks_stream, "checkout": self.checkouts_stream}
        return own if self.own_streams.are_fed else {}
