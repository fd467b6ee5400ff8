"""Stage 6: keep what is stored small and quick to read; hours that are over are sealed.

Wakes on:  the state machine, after roll_up_hour, or a request
Reads:     the hour's mark; its small files and its sealed file
Writes:    the sealed file; deletes the small files that are in it; raises `sealed` on the mark
Fails:     StoreUnavailable leaves the hour due, so the next run seals it; nothing else fails by it
Retries:   safe, also with several sealers, rewriting transforms and readers at once

`SealHour` is imported from its own module, since it loads pyarrow.
"""
