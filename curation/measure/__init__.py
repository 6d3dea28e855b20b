"""Measure: how well a model does the task with a prompt alone, on rows held back. Asks an endpoint or reads outputs."""
