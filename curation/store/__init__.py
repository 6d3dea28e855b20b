"""A project on disk: the only SQL in the product."""
