"""What the model assumes: figures measured on two x86 cores, or estimated for AWS services.

Nothing here was measured in AWS. Processor time is scaled to a function's share of a processor;
waiting for other services is assumed.
"""

from __future__ import annotations

from chalicelib.aws.objects import PARALLEL_PUTS
from chalicelib.wiring.world import PARALLEL_OBJECTS

# With this much memory a function has one processor, and otherwise in proportion.
MB_PER_CPU = 1_769

# Processor time, in milliseconds on a whole processor. `make bench` measures the first two, and
# process and transform with events of 350 bytes; the part by bytes is from events of 1 and 3 kB.
INGEST_REQUEST_MS = 0.036
INGEST_EVENT_MS = 0.0083
PROCESS_EVENT_MS = 0.0065
PROCESS_BYTE_MS = 6.5e-6
TRANSFORM_OBJECT_MS = 3.0
TRANSFORM_EVENT_MS = 0.006
TRANSFORM_BYTE_MS = 9.0e-6
ROLL_UP_EVENT_MS = 0.001
# Mostly gzip, at a million events an hour; smaller hours are dominated by opening their files.
SEAL_EVENT_MS = 0.025
SEAL_FILE_MS = 0.8

# Reading a record into a row; the part by bytes is that of process.
ATTRIBUTE_EVENT_CPU_MS = 0.01

# Waiting, assumed: one call to a service in the same region, by the kinds that matter.
PUT_RECORDS_MS = 15.0
# The claim; then per chunk the transaction and its puts, several at once.
PROCESS_BATCH_MS = 20.0
PROCESS_CHUNK_MS = 60.0
PROCESS_PUT_MS = 30.0 / PARALLEL_PUTS
# Get, put, look again, mark, ledger, one after the other.
TRANSFORM_CALLS_MS = 120.0
ROLL_UP_MS = 500.0
# Twenty milliseconds per file, several at once.
ROLL_UP_FILE_MS = 20.0 / PARALLEL_OBJECTS
# Two updates, the sealed file, a listing and a put; then each small file is read and deleted.
SEAL_MS = 250.0
SEAL_FILE_CALLS_MS = 20.0 / PARALLEL_OBJECTS + 20.0 / PARALLEL_PUTS
SMALL_FUNCTION_MS = 250.0
# A dozen statements to a database in the same network, and then what a row of a transaction of
# 10,000 takes, on one of the two cores that `python -m benchmarks attribution` measures on.
ATTRIBUTE_BATCH_MS = 25.0
ATTRIBUTE_EVENT_MS = 0.045
JUDGE_MS = 1_500.0

# Sizes, measured with events of 350, 1,000 and 3,000 bytes whose properties are short texts and
# numbers. Gzip leaves a third or less; a lake row has the text as well as its columns, which
# sealed with gzip leave two thirds of an event of 1 kB, and less of a smaller one. Small files,
# which live for an hour or two, are left out.
RAW_SHARE = 1 / 3
RAW_OBJECT_BYTES = 330
LAKE_SHARE = 0.65
# For each type of an hour: a row group of 32 columns with their pages' headers.
LAKE_GROUP_BYTES = 6_500
# What a raw line and a Kinesis record of a Lambda batch add to the event.
LINE_BYTES = 305
RECORD_BYTES = 400

# DynamoDB items. A minute's counters fit one kilobyte; an hour's have most latency buckets, and a
# rollup's row a sketch of its users.
HOUR_COUNTER_BYTES = 800
MINUTE_COUNTER_BYTES = 420
ROLLUP_ROW_BYTES = 3_000
LEDGER_ROW_BYTES = 400
LEDGER_OBJECT_BYTES = 230
CLAIM_TYPE_BYTES = 60
SUMMARY_TYPE_BYTES = 80
MARK_BYTES = 100

# Each run rolls up the hour that has ended, and about one more because of late events.
HOURS_A_RUN = 2
# Lambda keeps five pollers waiting on a queue, twenty seconds at a time.
POLLERS = 5
POLL_S = 20
# AWS: a stream calls KMS about 12 times in five minutes, and DynamoDB once for each function that
# uses a table.
KINESIS_KMS_CALLS = 12
KMS_S = 300

# Our own line with the metrics in it: 500 to 700 bytes, as counted on the local cloud, and 26 that
# CloudWatch adds to each line. Lambda's own lines are off. CloudWatch keeps them compressed.
LOG_BYTES = 690
LOG_KEPT_SHARE = 0.15
# The share that X-Ray traces of a function's invocations beyond one per second.
TRACED_SHARE = 0.05
# Headers and figures, and each event's result where a request has several.
ANSWER_BYTES = 450
RESULT_BYTES = 130
# The same with gzip, for clients that accept it, as most do: 729 bytes for twenty random ids.
GZIP_RESULT_BYTES = 37
# Rollup lists an hour's files and its partials, and sealing the files again.
LISTS_AN_HOUR = 3
# Intelligent-Tiering moves what nobody has read for so many days; queries are of the last thirty.
INFREQUENT_DAYS = 30
ARCHIVED_DAYS = 90
# A query reads the footer and the columns.
GETS_A_FILE = 2
