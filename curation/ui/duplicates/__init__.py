"""The Duplicates page."""
