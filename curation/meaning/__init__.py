"""What rows mean: search, topics, a map, concepts, subsets. Knows vectors and texts, no rows."""
