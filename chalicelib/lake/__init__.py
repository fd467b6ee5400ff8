"""The table contract: where lake files lie, which columns they have, how rows become their bytes.

`keys` is pure. Every other module imports pyarrow, so only transform and rollup may load it.
"""
