"""From evidence to the verdict: the decision, its words, how firm it is, what would change it, and what to do."""
