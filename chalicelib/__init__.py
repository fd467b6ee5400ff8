"""Real-time analytics pipeline.

Read the packages in this order; each one hands the next its output:

    ingest      HTTP -> Kinesis
    process     Kinesis -> raw archive, live counters, ledger, quarantine
    transform   raw objects -> Parquet lake
    rollup      lake -> hourly aggregates

`model` holds the shapes that cross a boundary, `lake` the table contract, `ports` what stages ask
of the world, `aws` the answers, `wiring` the joints. Stages never import each other: they meet
only through data.
"""
