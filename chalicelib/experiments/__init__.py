"""Experiments: who takes part, and whether a variant won.

Definitions are checked here before they are stored; process and the read side take them as valid.
"""
