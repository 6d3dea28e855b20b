"""A model asked over HTTP, within limits, and nothing paid for twice. Knows questions, no rows and no task."""
