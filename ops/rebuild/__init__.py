"""The lake, rebuilt from the raw archive."""
