"""Makes the sample sets beside this file, with planted faults, and expected.json that says where each fault is.

`python sample_data/make.py [FOLDER]` writes the same bytes every time. Texts are put together from the phrases in
tickets.toml and replies.toml; a text too like one already there is thrown away, so that the only near-duplicates are
the planted ones. Rows are counted from 0, without the header.
"""

import csv
import io
import json
import random
import re
import sys
import tomllib
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
SEED = 20
ALIKE = 0.70
"""Jaccard similarity of character shingles from which two texts count as near-duplicates."""
PLANTED = 0.72
"""Planted near-duplicates are at least this like their originals, so that rounding decides nothing."""
APART = 0.60
"""All other texts are less like each other than this, for shingles of 3 and of 5 characters."""

TICKETS = 380
EXACT, EACH_EDIT, CONTRADICTIONS, UNLABELLED, EMPTY = 18, 9, 12, 12, 5
WRONG_RATE = 0.08
"""Share of the labelled tickets whose label is wrong, contradicting copies included."""
REPLIES = 230
REPLY_EXACT, REPLY_EACH_EDIT, TRUNCATED, COPIED, MISMATCHED = 4, 3, 10, 8, 14
CUSTOMERS = 260
DAYS_PER_MONTH, MONTHS = 28, 12

Row = dict[str, Any]


def shingles(text: str, n: int) -> set[str]:
    """The n-character pieces of a text in NFC and lower case, runs of non-letters and non-digits made one space."""
    words = re.sub(r"[\W_]+", " ", unicodedata.normalize("NFC", text).lower())
    plain = f" {words.strip()} "
    return {plain[k : k + n] for k in range(max(len(plain) - n + 1, 1))}


def jaccard(one: str, other: str, n: int = 3) -> float:
    """Shared shingles of two texts as a share (0..1) of all their shingles."""
    a, b = shingles(one, n), shingles(other, n)
    return len(a & b) / len(a | b)


class Apart:
    """The texts so far; lets in only those unlike all of them."""

    def __init__(self) -> None:
        self.seen: list[tuple[set[str], set[str]]] = []

    def takes(self, text: str, but: int | None = None) -> bool:
        """Whether the text is unlike all (but the one let in as number `but`); if so it is let in."""
        new = shingles(text, 3), shingles(text, 5)
        for k, old in enumerate(self.seen):
            if k != but and any(len(a & b) >= APART * len(a | b) for a, b in zip(new, old, strict=True)):
                return False
        self.seen.append(new)
        return True


def filled(rng: random.Random, text: str, slots: dict[str, list[str]]) -> str:
    """The text with every slot replaced by a value, the same slot by the same value."""
    values = {name: rng.choice(choices) for name, choices in slots.items()}
    values["order"] = str(rng.randrange(10_000, 99_999))
    values["money"] = rng.choice(("€", "$", "£")) + f"{rng.randrange(5, 180)}.{rng.choice(('00', '50', '90', '95'))}"
    return text.format(**values)


def sentence(text: str) -> str:
    """Upper case first, a full stop last unless there is one of its kind."""
    return text[0].upper() + text[1:] + ("" if text[-1] in ".?!" else ".")


def ticket(rng: random.Random, phrases: Row, intent: str) -> str:
    """One customer's message with this intent."""
    own = phrases["intents"][intent]
    parts = [sentence(rng.choice(own["cores"]))]
    if rng.random() < 0.45:
        parts.append(rng.choice(own["details"]))
    if rng.random() < 0.3:
        opener = rng.choice(phrases["openers"])
        parts[0] = (
            parts[0] if opener[-1] in ".!" or parts[0].startswith(("I ", "I'")) else parts[0][0].lower() + parts[0][1:]
        )
        parts.insert(0, opener)
    if rng.random() < 0.25:
        parts.append(rng.choice(phrases["closers"]))
    text = filled(rng, " ".join(parts), phrases["slots"])
    return text.lower().rstrip(".") if rng.random() < 0.2 else text


def typo(rng: random.Random, text: str) -> str:
    """Two neighbouring letters swapped in each of two words."""
    for _ in range(2):
        places = [m.start() for m in re.finditer(r"(?<=[a-z])([a-z])(?!\1)[a-z](?=[a-z])", text)]
        at = rng.choice(places)
        text = text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    return text


def casing(rng: random.Random, text: str) -> str:
    """All capitals, or exclamation marks at the end."""
    return rng.choice((text.upper(), text.rstrip(".!?") + "!!", text.title()))


def prefix(rng: random.Random, text: str) -> str:
    """A polite word in front."""
    return rng.choice(("Hello! ", "Dear all, ", "Hi there, ", "Excuse me: ", "Good day. ")) + text


def insertion(rng: random.Random, text: str) -> str:
    """A filler between two words."""
    words = text.split(" ")
    words.insert(rng.randrange(1, len(words)), rng.choice(("really", "again", "as I said", "by the way", "actually")))
    return " ".join(words)


EDITS: dict[str, Callable[[random.Random, str], str]] = {
    "typo": typo,
    "casing": casing,
    "prefix": prefix,
    "insertion": insertion,
}


def edited(rng: random.Random, apart: Apart, name: str, text: str, number: int, lead: str = "") -> str | None:
    """The text with this edit, still near its original and unlike all others (as loaded, behind `lead`); or None."""
    for _ in range(20):
        new = EDITS[name](rng, text)
        if new != text and jaccard(lead + new, lead + text) >= PLANTED and apart.takes(lead + new, but=number):
            return new
    return None


def make_tickets(rng: random.Random) -> tuple[list[Row], list[Row]]:
    """Tickets in file order and the faults planted in them, which name rows by object until `numbered`."""
    phrases = tomllib.loads((HERE / "tickets.toml").read_text("utf-8"))
    intents = list(phrases["intents"])
    apart, rows = Apart(), []
    while len(rows) < TICKETS:
        intent = intents[len(rows) % len(intents)]
        text = ticket(rng, phrases, intent)
        if apart.takes(text):
            rows.append({"text": text, "category": intent, "customer": f"C{1000 + rng.randrange(CUSTOMERS)}"})
    numbers = list(range(len(rows)))
    rng.shuffle(numbers)
    faults = repeated(rng, rows, numbers, apart, EXACT, EACH_EDIT, "text")
    for _ in range(CONTRADICTIONS):
        base = rows[numbers.pop()]
        copy = {**base, "category": rng.choice([name for name in intents if name != base["category"]])}
        rows.append(copy)
        faults.append({"fault": "contradictions", "row": copy, "of": base})
        faults.append({"fault": "wrong_labels", "row": copy, "label": copy["category"], "right": base["category"]})
    for _ in range(round(WRONG_RATE * (len(rows) - UNLABELLED)) - CONTRADICTIONS):
        row = rows[numbers.pop()]
        right, row["category"] = row["category"], rng.choice([name for name in intents if name != row["category"]])
        faults.append({"fault": "wrong_labels", "row": row, "label": row["category"], "right": right})
    for _ in range(UNLABELLED):
        row = rows[numbers.pop()]
        faults.append({"fault": "unlabelled", "row": row, "right": row["category"]})
        row["category"] = ""
    for _ in range(EMPTY):
        rows.append({"text": "", "category": rng.choice(intents), "customer": f"C{1000 + rng.randrange(CUSTOMERS)}"})
        faults.append({"fault": "empty_texts", "row": rows[-1]})
    rng.shuffle(rows)
    days = sorted((rng.randrange(MONTHS), rng.randrange(DAYS_PER_MONTH)) for _ in rows)
    for row, (month, day) in zip(rows, days, strict=True):
        row["date"] = f"2026-{month + 1:02}-{day + 1:02}"
    return rows, faults


def repeated(
    rng: random.Random, rows: list[Row], numbers: list[int], apart: Apart, exact: int, each_edit: int, column: str
) -> list[Row]:
    """Exact and near repeats of rows taken off the end of `numbers`, put at the end of `rows`; the faults planted."""
    faults = []
    for _ in range(exact):
        base = rows[numbers.pop()]
        rows.append(dict(base))
        faults.append({"fault": "exact_duplicates", "row": rows[-1], "of": base})
    for name in EDITS:
        made = 0
        while made < each_edit:
            number = numbers.pop()
            base = rows[number]
            lead = f"{base['instruction']}\n" if "instruction" in base else ""
            new = edited(rng, apart, name, base[column], number, lead)
            if new is None:
                numbers.insert(0, number)
                continue
            rows.append({**base, column: new})
            near = round(jaccard(lead + new, lead + base[column]), 4)
            faults.append({"fault": "near_duplicates", "row": rows[-1], "of": base, "edit": name, "similarity": near})
            made += 1
    return faults


def reply(rng: random.Random, phrases: Row, facts: Sequence[Row], slots: dict[str, list[str]]) -> Row:
    """A curt note of these two facts and its rewriting."""
    curt = " ".join(rng.choice(fact["curt"]) for fact in facts)
    polite = [rng.choice(fact["polite"]) for fact in facts]
    polite = [f"{text}?" if text.startswith(("could", "may I", "would")) else f"{text}." for text in polite]
    second = f"{rng.choice(phrases['joints'])} {polite[1]}"
    whole = [
        rng.choice(phrases["greetings"]),
        polite[0][0].upper() + polite[0][1:],
        second,
        rng.choice(phrases["farewells"]),
    ]
    note, _, answer = filled(rng, f"{curt}\n{' '.join(whole)}", slots).partition("\n")
    note = note if not note[0].islower() else note[0].upper() + note[1:]
    return {"instruction": rng.choice(phrases["instructions"]), "input": note, "output": answer}


def make_replies(rng: random.Random) -> tuple[list[Row], list[Row]]:
    """Rewriting pairs in file order and the faults planted in them, which name rows by object until `numbered`."""
    phrases = tomllib.loads((HERE / "replies.toml").read_text("utf-8"))
    slots = tomllib.loads((HERE / "tickets.toml").read_text("utf-8"))["slots"]
    apart, alone, rows, stated = Apart(), Apart(), [], []
    while len(rows) < REPLIES:
        facts = rng.sample(range(len(phrases["facts"])), 2)
        row = reply(rng, phrases, [phrases["facts"][k] for k in facts], slots)
        if alone.takes(row["input"]):
            if apart.takes(f"{row['instruction']}\n{row['input']}"):
                rows.append(row)
                stated.append(set(facts))
            else:
                alone.seen.pop()
    numbers = list(range(len(rows)))
    rng.shuffle(numbers)
    faults = repeated(rng, rows, numbers, apart, REPLY_EXACT, REPLY_EACH_EDIT, "input")
    for _ in range(TRUNCATED):
        row = rows[numbers.pop()]
        cut = rng.randrange(len(row["output"]) * 45 // 100, len(row["output"]) * 70 // 100)
        row["output"] = row["output"][:cut].rstrip(" .,;:!?")
        faults.append({"fault": "truncated_outputs", "row": row})
    for _ in range(COPIED):
        row = rows[numbers.pop()]
        row["output"] = row["input"]
        faults.append({"fault": "copied_inputs", "row": row})
    faults += mismatched(rows, numbers, stated)
    rng.shuffle(rows)
    return rows, faults


def mismatched(rows: list[Row], numbers: list[int], stated: list[set[int]]) -> list[Row]:
    """Faults of rows that got each other's outputs in a ring, neighbours in it having no fact in common."""
    ring: list[int] = []
    while len(ring) < MISMATCHED:
        number = numbers.pop()
        if all(stated[number].isdisjoint(stated[k]) for k in (*ring[-1:], *ring[:1])):
            ring.append(number)
    outputs = [rows[number]["output"] for number in ring]
    faults = []
    for k, number in enumerate(ring):
        rows[number]["output"] = outputs[k - 1]
        faults.append({"fault": "mismatched_outputs", "row": rows[number], "of": rows[ring[k - 1]]})
    return faults


def numbered(rows: list[Row], faults: list[Row]) -> Row:
    """The faults by kind, rows as 0-based numbers in the file."""
    number = {id(row): n for n, row in enumerate(rows)}
    listed: Row = {"rows": len(rows)}
    for fault in faults:
        entry = {key: number[id(value)] if key in ("row", "of") else value for key, value in fault.items()}
        listed.setdefault(entry.pop("fault"), []).append(entry)
    return {key: sorted(value, key=lambda e: e["row"]) if key != "rows" else value for key, value in listed.items()}


def main(folder: Path) -> None:
    """Writes support_tickets.csv, rewrites.jsonl and expected.json into the folder."""
    rng = random.Random(SEED)
    tickets, ticket_faults = make_tickets(rng)
    replies, reply_faults = make_replies(rng)
    table = io.StringIO()
    writer = csv.DictWriter(table, ("text", "category", "customer", "date"), lineterminator="\n")
    writer.writeheader()
    writer.writerows(tickets)
    expected = {
        "support_tickets.csv": numbered(tickets, ticket_faults),
        "rewrites.jsonl": numbered(replies, reply_faults),
    }
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in replies)
    (folder / "support_tickets.csv").write_bytes(table.getvalue().encode())
    (folder / "rewrites.jsonl").write_bytes(lines.encode())
    (folder / "expected.json").write_bytes(json.dumps(expected, indent=1, ensure_ascii=False).encode() + b"\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
