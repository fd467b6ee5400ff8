"""The read side: answer questions about what was stored.

Wakes on:  HTTP GET
Reads:     live counters, rollups, anomalies, runs, the ledger, the quarantine, queue depths
Writes:    nothing
Fails:     a bad request with its reasons; a store that can't be read as retryable
Retries:   safe
"""
