"""What rows mean: looked for by meaning and words, and the topics of a set. Knows vectors and texts, no rows."""
