"""Rollups as people ask for them: hours, days or a whole range, by event type."""
