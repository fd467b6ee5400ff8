"""Which stage, and where it runs: names, target, account, ARNs."""
