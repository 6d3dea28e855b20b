"""Intervals, each with its source."""
