"""What ranks wrong labels: rows that can be judged, probabilities by models that never saw them, a quick look."""
