"""The command line for people: bring the pipeline up, look at it, take it down."""
