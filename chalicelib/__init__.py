"""Real-time analytics pipeline.

Read the stages in this order; the output of each is the input of the next:

    ingest      HTTP -> Kinesis
    process     Kinesis -> raw archive, live counters, ledger, quarantine
    transform   raw objects -> Parquet lake
    rollup      lake -> hourly aggregates
    anomalies   hourly aggregates -> anomalies, alerts

Stages never import each other: they meet only through data. They share what is below them: `model`
has the shapes that cross a boundary, `archive` and `lake` the contracts of what is stored, and
`delivery` sends events to their streams. Each stage's `ports` says what it needs from outside,
`aws` implements it, and `wiring` connects the two.
"""
