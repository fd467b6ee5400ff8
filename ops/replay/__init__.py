"""Replay quarantined and abandoned records from the command line."""
