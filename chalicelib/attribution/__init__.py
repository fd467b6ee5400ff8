"""Attribution: credit each checkout to the first click of its user in the hour before it.

Wakes on:  Kinesis, as a second consumer of the streams that carry clicks or checkouts
Reads:     the shard's checkpoint in PostgreSQL; the records above it
Writes:    in one transaction: users, clicks, checkouts, the credit of every checkout that they
           touch, and the checkpoint. Of a repeated event the earliest record is kept
Fails:     StoreUnavailable ends the batch at the first uncommitted record; a bad record never does
Retries:   safe, in any order and however the batch is cut: the result depends only on which
           records have been read
"""

from chalicelib.attribution.attribute_batch import AttributeBatch
from chalicelib.attribution.report_attribution import ReportAttribution
from chalicelib.attribution.restore_records import RestoreRecords

__all__ = ["AttributeBatch", "ReportAttribution", "RestoreRecords"]
