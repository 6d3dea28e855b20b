"""Small models standing in for a language model: is there a pattern, does it grow, do the pairs belong together?"""
