"""Rebuild the lake from the raw archive, and roll hours up again."""
