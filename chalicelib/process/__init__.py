"""Stage 2: turn one shard's batch into archived, counted and committed events.

Wakes on:  Kinesis, up to 10,000 records of one shard, from any of the three streams
Reads:     the shard's checkpoint, by claiming the shard; the records above it
Writes:    raw objects and quarantine objects, and none that a later claim's attempt has written;
           then, in one transaction, live counters, ledger row and checkpoint
Fails:     StoreUnavailable ends the batch at the first uncommitted record; a bad record never does
Retries:   safe, however the batch is cut and whatever else is at work on the shard: committed
           records are skipped, others are overwritten, and an attempt that was overtaken stops
"""

from chalicelib.process.chunk import Limits
from chalicelib.process.process_batch import ProcessBatch

__all__ = ["Limits", "ProcessBatch"]
