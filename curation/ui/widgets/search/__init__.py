"""Searching the rows from any page: the choices, the rows they come to, the view of the Rows page they open."""
