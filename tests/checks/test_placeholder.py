import pytest

ASK = "What is the history of this bridge?"
FILLER = [
    "N/A",
    "n/a",
    "TBD",
    "TODO",
    "null",
    "NaN",
    "undefined",
    "...",
    "-",
    "xxx",
    "asdf",
    "Lorem ipsum dolor sit amet",
    "The bridge was built by [insert name] in 1890.",
    "Dear [Your Name], the bridge is old.",
    "Answer goes here",
    "your answer here",
    "It opened in <insert year> with a feast.",
    "Built in {{ year }} by two brothers.",
    "placeholder",
    "TODO: write about the bridge",
    "The mayor, ______, opened it.",
    "[Company Name] built it.",
    "coming soon",
    "Call us at [phone number] or [add address here].",
    "It is FIXME: year years old.",
]
TEXT = [
    (ASK, "It was built in 1890."),
    (ASK, "None"),
    (ASK, "Nobody knows."),
    (ASK, "1890"),
    (ASK, "See [1] and [Smith 1999] for more."),
    (ASK, "The [north] gate was added later."),
    (ASK, "He wrote a to-do list and crossed the bridge."),
    (ASK, "x"),
    (ASK, "Xenia crossed it."),
    (ASK, "A dash - like this - is fine."),
    (ASK, "No."),
    (ASK, "Dots... and more dots..."),
    ("Write a letter template to the mayor.", "Dear [Your Name],\nI write about the bridge."),
    ("Fill in the blank: the bridge is ____ years old.", "The bridge is ____ years old: 130."),
    ("Write a Jinja template for a greeting.", "Hello {{ name }}!"),
    ("Generate some dummy text.", "Lorem ipsum dolor sit amet"),
    ("Write a function.", "def f(x):\n    # TODO: speed this up\n    return x"),
    ("Show a Vue component.", "<template><p>{{ message }}</p></template>"),
    ("Read a private name in Python.", "```python\nclass A:\n    ____x = 1\n```"),
    ("Call the API.", "const key = '<your_api_key>';\nfetch(url);"),
    ("Translate [Your Name] into French.", "[Your Name] se dit [Votre nom]."),
    ("What does n/a mean?", "It stands for “not applicable”."),
]


@pytest.mark.parametrize("output", FILLER)
def test_filler_is_flagged(output, sure):
    assert sure("placeholder", [(ASK, output)], [(f"{ASK} {n}", f"Answer {n}.") for n in range(60)]) == [True]


@pytest.mark.parametrize(("asked", "output"), TEXT)
def test_text_is_not_filler(asked, output, sure):
    assert sure("placeholder", [(asked, output)]) == [False]


def test_a_common_answer_is_an_answer(sure):
    pairs = [(f"{ASK} {n}", "N/A" if n % 3 else f"Built in 18{n}.") for n in range(30)]
    assert not any(sure("placeholder", pairs))
