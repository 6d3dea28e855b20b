"""The ordered questions that decide the outcome."""
