"""Stage 1: turn what clients post into events in the streams.

Wakes on:  HTTP, one event or up to 500
Reads:     the request
Writes:    clicks, checkouts and all other events to their streams, keyed by user
Fails:     an invalid event is refused with reasons; one not stored within 5 s is retryable
Retries:   PutRecords for failed records only; safe for clients that send event_id and timestamp
"""

from chalicelib.ingest.answer import Answer
from chalicelib.ingest.ingest_batch import IngestBatch
from chalicelib.ingest.ingest_event import IngestEvent
from chalicelib.ingest.intake import Intake

__all__ = ["Answer", "IngestBatch", "IngestEvent", "Intake"]
