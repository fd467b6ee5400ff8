"""Sending events in batches, as a careful client does."""
