"""API keys: created, listed and retired in the table of keys and in API Gateway alike."""
