"""The table contract: where lake files are, which columns they have, how they are encoded.

`keys` is pure. Every other module imports pyarrow, so only transform and rollup may load it.
"""
