"""Indexes of evaluation sets: hashes of their runs of 13 words, from which no text can be read back."""
