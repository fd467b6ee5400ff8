"""Putting events into streams: what is sent, in which calls, and how long it is retried."""
