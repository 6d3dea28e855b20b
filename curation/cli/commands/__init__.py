"""One file a command: its flags and what it does. Only the one that is asked for is imported."""
