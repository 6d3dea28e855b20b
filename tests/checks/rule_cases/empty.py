"""Rows with nothing in them, and rows with little."""

ASK = "Please explain why the sky is blue at noon."
BESIDE = [("Why?", "Because.")]
BLANKS = ["", " ", "\n\t ", "\u200b", "\u00a0", "\ufeff \u2060", "\x00", "\u3164", "\u2800", "\r\n"]
SHORT = ["0", "?", "-", "a", "👍", "日", ".", "é", "No", "1.", "\u0661", "_", "\\", "None", "null", "{}", "[]", "''"]
WRONG = [*({"input": blank, "output": "Because."} for blank in BLANKS), *((ASK, blank) for blank in BLANKS)]
RIGHT = [
    *((text, text) for text in SHORT),
    (ASK, "\u200bBecause."),
    (" x", "y "),
    ("\u00a0Why?", "\ufeffBecause."),
    ("```\n```", "<br>"),
]
