"""What the texts of a set are, read row by row: answers that are labels or numbers, patterns, words."""
