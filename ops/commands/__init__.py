"""The command line: one thin module per command, which reads options and calls a room."""
