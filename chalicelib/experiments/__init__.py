"""Experiments: definitions, assignments, results per variant, and the verdict.

Nothing is re-exported: assignment runs on paths that load neither numpy nor pyarrow, so each
module is imported by itself.
"""
