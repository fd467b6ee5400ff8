"""Which stage, and where it runs: settings, names, ARNs, account."""
