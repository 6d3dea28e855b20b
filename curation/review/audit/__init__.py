"""The audit: which rows are drawn, what was judged, and what that says of the whole set."""
