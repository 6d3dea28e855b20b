"""The command line: one skin over the project."""
