"""The contract of raw archive and quarantine: keys, lines, and how a record becomes one."""
