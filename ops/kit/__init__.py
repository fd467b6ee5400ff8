"""What every command shares: console, errors, options, hours."""
