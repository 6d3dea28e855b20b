"""Colours and sizes of charts, readable on the light and on the dark background."""

FIGURE = "#7C8C8C"
"""Figures beside bars, and what lies outside a choice."""
ACCENT = "#178479"
"""The theme's accent."""
LINE = "#D55E00"
"""A threshold or a chosen cell: Okabe and Ito's vermilion."""
ROW = 22
"""Pixels a bar or cell with its label needs to be read."""
