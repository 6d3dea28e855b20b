"""What several pages draw, and the words they share."""
