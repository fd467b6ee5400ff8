"""Experiments: definitions, assignments, results per variant, and the verdict.

Definitions are checked here before they are stored; process and the read side take them as valid.
Nothing is re-exported: assignment runs on paths that load neither numpy nor pyarrow, so each
module is imported by itself.
"""
