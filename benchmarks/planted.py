"""What is planted in a draw of a public set: each function takes rows and a generator, and returns other rows.

`PLANTS` names them as the answers file does; the fields beside `kind` are their arguments.
"""

import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np

Row = dict[str, Any]
Rng = np.random.Generator
FIRST = (
    "Anna",
    "Ben",
    "Carla",
    "David",
    "Elena",
    "Farid",
    "Grace",
    "Hugo",
    "Iris",
    "Jonas",
    "Kira",
    "Liam",
    "Mona",
    "Nils",
    "Olga",
    "Pavel",
    "Quinn",
    "Rosa",
    "Sven",
    "Tara",
)
LAST = (
    "Abbott",
    "Berger",
    "Costa",
    "Dietz",
    "Evans",
    "Fischer",
    "Garcia",
    "Hansen",
    "Ito",
    "Jansen",
    "Kowalski",
    "Lopez",
    "Meyer",
    "Novak",
    "Okafor",
    "Petrov",
)
OPENINGS = ("Hi, ", "Hello, ", "Please help: ", "Good morning, ", "Hey there, ", "", "", "")
ENDINGS = ("", "", " thanks", " please", "!", " thank you", " asap", " ...")
FILLERS = ("just", "really", "now", "please", "actually", "still")


def flips(rows: list[Row], rng: Rng, rate: float, among: list[str] | None = None) -> list[Row]:
    """A share of the labels becomes another one, any with equal chance; with `among`, of rows and labels of these."""
    names = among or sorted({row["label"] for row in rows})
    places = [n for n, row in enumerate(rows) if row["label"] in names]
    chosen = set(rng.permutation(places)[: round(rate * len(places))].tolist())
    return [_relabelled(row, names, rng) if n in chosen else row for n, row in enumerate(rows)]


def _relabelled(row: Row, names: list[str], rng: Rng) -> Row:
    return {**row, "label": str(rng.choice([name for name in names if name != row["label"]]))}


def shuffle(rows: list[Row], rng: Rng) -> list[Row]:
    """The labels are dealt anew."""
    dealt = rng.permutation(len(rows))
    return [{**row, "label": rows[n]["label"]} for row, n in zip(rows, dealt.tolist(), strict=True)]


def swap(rows: list[Row], rng: Rng, rate: float) -> list[Row]:
    """The outputs of a share of the rows are handed round among them."""
    chosen = rng.permutation(len(rows))[: round(rate * len(rows))].tolist()
    changed = list(rows)
    for n, other in zip(chosen, [*chosen[1:], *chosen[:1]], strict=True):
        changed[n] = {**rows[n], "output": rows[other]["output"]}
    return changed


def thin(rows: list[Row], rng: Rng, label: str, keep: int) -> list[Row]:
    """Of one label only so many rows are kept."""
    places = [n for n, row in enumerate(rows) if row["label"] == label]
    gone = set(rng.permutation(places)[keep:].tolist())
    return [row for n, row in enumerate(rows) if n not in gone]


def words(rows: list[Row], rng: Rng, words: int) -> list[Row]:
    """Only the first words of every input."""
    return [{**row, "input": " ".join(row["input"].split()[:words])} for row in rows]


def reword(rows: list[Row], rng: Rng, copies: int, signed: bool = False) -> list[Row]:
    """Each row and lightly reworded variants of it, `copies` in all; each signed by another name where asked for."""
    made = []
    for row in rows:
        for copy in range(copies):
            text = _reworded(row["input"], rng) if copy else row["input"]
            made.append({**row, "input": f"{text} Regards, {_name(rng)}" if signed else text})
    return [made[n] for n in rng.permutation(len(made)).tolist()]


def _reworded(text: str, rng: Rng) -> str:
    parts = text.rstrip("?.!").split()
    if len(parts) > 3:
        at = int(rng.integers(1, len(parts)))
        if rng.random() < 0.5:
            parts.insert(at, str(rng.choice(FILLERS)))
        else:
            parts[at - 1], parts[at] = parts[at], parts[at - 1]
    return f"{rng.choice(OPENINGS)}{' '.join(parts)}{rng.choice(ENDINGS)}"


def _name(rng: Rng) -> str:
    return f"{rng.choice(FIRST)} {rng.choice(LAST)}"


def skeletons(rows: list[Row], rng: Rng, copies: int) -> list[Row]:
    """Each row of the restaurants `copies` times, with another name (on both sides) and other numbers each time."""
    made = []
    for row in rows:
        old = re.search(r"name\[([^]]*)\]", row["input"])
        for _ in range(copies):
            new, price = _name(rng) + str(rng.choice(["'s Inn", " House", " Cafe", ""])), int(rng.integers(5, 95))
            texts = {side: row[side].replace(old[1], new) if old else row[side] for side in ("input", "output")}
            asked = f"{texts['input']}, meal[{price} pounds]"
            made.append({**row, "input": asked, "output": f"{texts['output']} A meal is {price} pounds."})
    return [made[n] for n in rng.permutation(len(made)).tolist()]


def canned(rows: list[Row], rng: Rng) -> list[Row]:
    """The label becomes the reply that a service gives for it."""
    return [{"input": row["input"], "output": _reply(row["label"])} for row in rows]


def _reply(label: str) -> str:
    topic = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", label).replace("_", " ").lower()
    return f"Thank you for writing to us about {topic}. Please see the page on {topic} in the help centre."


def house_style(rows: list[Row], rng: Rng) -> list[Row]:
    """Every answer between the same opening and closing sentence."""
    before, after = (
        "Thank you for your question, we are glad to help.",
        "Is there anything else we can do for you today?",
    )
    return [{**row, "output": f"{before} The answer is {row['output']}. {after}"} for row in rows]


def tenths(rows: list[Row], rng: Rng) -> list[Row]:
    """Labels 0 to 4 become ratings 0.0 to 4.9, in tenths."""
    return [{**row, "label": f"{int(row['label']) + rng.integers(10) / 10:.1f}"} for row in rows]


def final_number(rows: list[Row], rng: Rng) -> list[Row]:
    """Only the result of a worked sum."""
    return [{**row, "output": row["output"].split("####")[-1].strip()} for row in rows]


def long(rows: list[Row], rng: Rng, parts: int) -> list[Row]:
    """Documents of `parts` answers each, asked for the question that one of them answers."""
    made = []
    for start in range(0, len(rows) - parts + 1, parts):
        some = rows[start : start + parts]
        place = int(rng.integers(parts))
        text = "\n\n".join(f"[{n + 1}] {row['output']}" for n, row in enumerate(some))
        made.append(
            {"input": f"{text}\n\nWhich question does part {place + 1} answer?", "output": some[place]["input"]}
        )
    return made


def empty(rows: list[Row], rng: Rng, rate: float) -> list[Row]:
    """A share of the outputs is empty."""
    chosen = set(rng.permutation(len(rows))[: round(rate * len(rows))].tolist())
    return [{**row, "output": ""} if n in chosen else row for n, row in enumerate(rows)]


def conflicts(rows: list[Row], rng: Rng, rate: float) -> list[Row]:
    """A share of the rows stands a second time, with another label."""
    names = sorted({row["label"] for row in rows})
    again = [_relabelled(rows[n], names, rng) for n in rng.permutation(len(rows))[: round(rate * len(rows))].tolist()]
    return [*rows, *again]


def classes(rows: list[Row], rng: Rng, most: int) -> list[Row]:
    """Only the rows of the most frequent labels."""
    kept = {
        label for label, _ in sorted(Counter(row["label"] for row in rows).items(), key=lambda c: (-c[1], c[0]))[:most]
    }
    return [row for row in rows if row["label"] in kept]


def policy(rows: list[Row], rng: Rng, since: str, labels: int) -> list[Row]:
    """Rows dated over the months around `since`; from then on some labels are called by the next one's name."""
    names = sorted({row["label"] for row in rows})
    after = {names[n]: names[n + 1] for n in range(0, 2 * labels, 2)}
    middle = np.datetime64(since)
    made = []
    for row in rows:
        date = middle + np.timedelta64(int(rng.integers(-180, 180)), "D")
        label = after.get(row["label"], row["label"]) if date >= middle else row["label"]
        made.append({**row, "label": label, "date": str(date)})
    return made


def upper(rows: list[Row], rng: Rng) -> list[Row]:
    return [{**row, "input": row["input"].upper()} for row in rows]


def renamed(rows: list[Row], rng: Rng) -> list[Row]:
    """Every label gets another name, in another order."""
    names = sorted({row["label"] for row in rows})
    place = dict(zip(names, rng.permutation(len(names)).tolist(), strict=True))
    return [{**row, "label": f"kind {place[row['label']]:03}"} for row in rows]


def permuted(rows: list[Row], rng: Rng) -> list[Row]:
    return [rows[n] for n in rng.permutation(len(rows)).tolist()]


BEFORE = ("classes",)
"""Planted on the whole set, before rows are drawn."""
PLANTS: dict[str, Callable[..., list[Row]]] = {
    f.__name__: f
    for f in (
        flips, shuffle, swap, thin, words, reword, skeletons, canned, house_style, tenths, final_number, long, empty,
        conflicts, classes, policy, upper, renamed, permuted,
    )
}  # fmt: skip
