"""Replay the anomaly detector over stored rollups, a file, or a suite of made-up patterns."""
