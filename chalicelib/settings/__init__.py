"""Deployment settings: a small class for each wing, so that a function reads only its own."""
