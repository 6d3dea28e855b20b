"""Whether outputs belong to their inputs: how alike two texts are, and what swapped rows look like."""
