"""Send quarantined and abandoned records to the streams again, as new records of the same events.

Wakes on:  an operator's command
Reads:     quarantine objects, or the batches that Lambda abandoned
Writes:    valid records to the streams, and a note of each that was sent
Fails:     StoreUnavailable, after noting what a stream has taken
Retries:   safe; a crash sends records twice and skips none
"""

from chalicelib.replay.replay_object import Counts, ReplayObject

__all__ = ["Counts", "ReplayObject"]
