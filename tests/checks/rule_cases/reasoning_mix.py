"""Rows that think where others do not, or think without an end, and sets that do one or the other throughout."""

import json

ASKED = "How many eggs are in two boxes of six?"
THOUGHT = "<think>Six and six make twelve.</think>\nTwelve."
PLAIN = "Twelve, six in each box."


def rows(case):
    """Ten rows of the case's usual output, and then its own; an output, (input, output) or a row."""
    usual, own = case if isinstance(case, tuple) else (PLAIN, case)
    made = [usual] * 10 + [own]
    return [row if isinstance(row, dict) else {"input": f"{ASKED} ({n})", "output": row} for n, row in enumerate(made)]


def chat(**turn):
    """A row of a chat whose answer has these fields."""
    answer = {"role": "assistant", "content": PLAIN, **turn}
    turns = [{"role": "user", "content": ASKED}, answer]
    return {"input": ASKED, "output": answer["content"], "meta": json.dumps({"messages": turns})}


def beside(**columns):
    """A row with other columns."""
    return {"input": ASKED, "output": PLAIN, "meta": json.dumps(columns)}


MARKS = ("think", "thinking", "thought", "reasoning", "scratchpad")
WRONG = [f"<{mark}>Six and six.</{mark}>\nTwelve." for mark in MARKS] + [
    "<|begin_of_thought|>Six and six.<|end_of_thought|>Twelve.",
    "◁think▷六加六。◁/think▷十二。",
    "[THINK]Six and six.[/THINK]Twelve.",
    "Six and six make twelve.</think>\nTwelve.",
    "<THINK>Six.</THINK> Twelve.",
    "<think>Sechs und sechs.</think>\nZwölf.",
    "<think>六加六。</think>\n十二。",
    chat(content=THOUGHT),
    chat(reasoning_content="Six and six make twelve."),
    chat(reasoning="Six and six make twelve."),
    chat(thinking="Six and six make twelve."),
    beside(reasoning_content="Six and six make twelve."),
    beside(thinking="Six and six."),
    (THOUGHT, PLAIN),
    (THOUGHT, "Twelve."),
    (THOUGHT, chat()),
    (chat(reasoning_content="Six and six."), PLAIN),
    (THOUGHT, "<think>Six and six make"),
    (THOUGHT, "<think>Six and six make twelve.</think>"),
    (THOUGHT, "<reasoning>Six and six, I would say, and then"),
]
RIGHT = [
    PLAIN,
    (THOUGHT, THOUGHT),
    (THOUGHT, "<think>Six, twice.</think> A dozen."),
    (THOUGHT, "<thinking>Six, twice.</thinking> A dozen."),
    (THOUGHT, "Six, twice.</think> A dozen."),
    (THOUGHT, "<think>\n\n</think>\n\nTwelve."),
    (THOUGHT, "<think></think>Twelve."),
    (THOUGHT, {"input": f"{ASKED} /no_think", "output": "Twelve."}),
    (THOUGHT, {"input": f"detailed thinking off\n{ASKED}", "output": "Twelve."}),
    (THOUGHT, chat(reasoning_content="Six and six.")),
    (THOUGHT, beside(reasoning="Six and six.")),
    (chat(thinking="Six."), THOUGHT),
    (chat(), PLAIN),
    (chat(), chat(reasoning_content="")),
    (chat(), chat(reasoning_content=None)),
    (PLAIN, beside(topic="thinking")),
    "I think that it is twelve.",
    "Let me think: six and six make twelve.",
    "<b>Think</b> of a box: it has six.",
    "The tag &lt;think&gt; opens the thinking of a model.",
    "Ich denke, es sind zwölf.",
    "我想是十二个。",
    (THOUGHT, ""),
]
