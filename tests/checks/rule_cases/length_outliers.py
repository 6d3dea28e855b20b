"""Answers far from the usual length beside eighty of 20 to 34 words, and unusual ones that are not far off."""

ASK = "Why is the sky blue at noon and red at dusk?"
BESIDE = [(f"{ASK} {n}", "word " * (20 + n % 15)) for n in range(80)]
WRONG = [(f"{ASK} x", "word " * size) for size in (1, 2, 3, 180, 200, 250, 300, 400, 500, 700, 900, 1500, 5000)] + [
    ("word " * size, "word " * 27) for size in (120, 150, 200, 400, 800, 2000)
]
WRONG += [(f"{ASK} x", "a"), ("Why?", "word " * 27), ("word " * 300, "word " * 300)]
RIGHT = [(f"{ASK} x", "word " * size) for size in (8, 10, 12, 15, 18, 20, 27, 34, 40, 45, 50, 60, 70, 80)] + [
    ("word " * size, "word " * 27) for size in (5, 8, 10, 15, 20, 25, 30)
]
