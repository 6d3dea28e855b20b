"""What refusals, fillers and injections say, language by language."""
