"""The Load page."""
