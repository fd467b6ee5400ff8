"""How often an experiment is wrong that somebody looks at every day: whole runs, simulated."""
