"""Deployment by `chalice deploy`, with its state shared among a team."""
