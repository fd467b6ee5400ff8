"""Putting events into streams: what is sent, in which calls, and retried for how long."""
