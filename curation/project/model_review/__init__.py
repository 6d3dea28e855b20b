"""Rows read by a model: what was read, and the reading itself."""
