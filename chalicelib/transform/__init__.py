"""Stage 3: turn raw objects into lake files.

Wakes on:  SQS, up to 10 messages, each a notification from S3 that raw objects were written
Reads:     the raw objects as they are now, whatever the message says about them
Writes:    one Parquet file a raw object; then the hour's mark; then a ledger row
Fails:     a message whose object can't be read or written is retried alone, then a dead letter
Retries:   safe; a file replaces that of the same raw object, and an extra mark costs a rollup
"""

from chalicelib.transform.enrichment import Enrichment
from chalicelib.transform.transform_raw import TransformRaw

__all__ = ["Enrichment", "TransformRaw"]
