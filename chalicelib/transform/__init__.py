"""Stage 3: turn raw objects into lake files.

Wakes on:  SQS, up to 10 messages, each S3's word that raw objects were written
Reads:     the raw objects as they are now, whatever the message says of them
Writes:    one Parquet file a raw object; then the hour's mark; then a ledger row
Fails:     a message whose object can't be read or kept returns alone, and ends among dead letters
Retries:   safe; a file replaces the one of the same raw object, and a mark too many costs a rollup
"""

from chalicelib.transform.enrichment import Enrichment
from chalicelib.transform.transform_raw import TransformRaw

__all__ = ["Enrichment", "TransformRaw"]
