"""Label counts with a label too rare to learn or drowning the others, and uneven ones that can be learnt.

The line: fewer than 10 rows (OpenAI's fine-tuning guide), more than nine rows in ten.
"""


def rows(sizes):
    return [{"input": f"{label} question {n}", "label": label} for label, size in sizes.items() for n in range(size)]


def even(labels, size):
    return {f"label {n}": size for n in range(labels)}


WRONG = [
    *({"common": 50, "rare": size} for size in range(1, 10)),
    *({**even(labels, 20), "rare": 9} for labels in (2, 5, 20)),
    *({**even(labels, 20), "rare": 1, "rarer": 2} for labels in (2, 5, 20)),
    *({"common": common, "other": 10} for common in (91, 100, 200, 400)),
    {"common": 450, "other": 20, "third": 20},
    {"a": 1, "b": 1},
    {"0": 3, "1": 60},
]
RIGHT = [
    *({"a": 10, "b": size} for size in (10, 11, 20, 50, 80, 90)),
    *(even(labels, 10) for labels in (2, 3, 10, 40)),
    *({**even(labels, 12), "large": 60} for labels in (2, 3, 10, 40)),
    *({"yes": yes, "no": no} for yes, no in ((60, 40), (70, 30), (80, 20), (85, 15), (90, 10))),
    {"a": 200, "b": 50, "c": 25, "d": 12},
    {"ä": 30, "日本": 30, " spaced label ": 30},
]
