"""The contract of the raw archive and the quarantine: keys, lines, objects, and screening."""
