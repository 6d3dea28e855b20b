"""Draws, intervals, each with its source, and which rows are drawn together."""
