"""Rows as people look for them: the search, lists of rows in any order, and what people wrote on rows."""
