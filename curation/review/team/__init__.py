"""Several reviewers on the same rows: how far they agree, and what they say together."""
