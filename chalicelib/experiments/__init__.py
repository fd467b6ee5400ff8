"""Experiments: who takes part, results per variant, and whether a variant won.

Definitions are checked here before they are stored; process and the read side take them as valid.
Nothing is re-exported: definitions and assignments load neither numpy nor pyarrow, so each module
is imported by itself.
"""
