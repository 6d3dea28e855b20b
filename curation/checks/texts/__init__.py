"""What kind of text an output is, for the checks that judge by rule."""
