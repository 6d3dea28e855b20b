"""Small models standing in for a language model on free text: does the score grow, do the pairs belong together?"""
