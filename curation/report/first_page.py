"""What page one says to the person who decides: question, answer, rows, reasons, what to do, costs, how firm it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from curation.records import Costs, StoredVerdict, WayCosts
from curation.report.bars import SHADES, Part, Way
from curation.wording import (
    KINDS,
    MEANINGS,
    NOT_KNOWN,
    REMOVALS,
    TERMS,
    WAYS,
    Word,
    capital,
    counted,
    firmness,
    minutes,
    money,
    sentence,
    volume,
    word,
)

MOST_REASONS, MOST_STEPS = 3, 3
"""What fits on one page beside the rest; the others stand in the appendix."""
HOUR = 60.0
COSTS_DECIDE = ("7", "8")
"""Gates that look at money."""
SAID_APART = "This is provisional"
"""A reason that page one gives where it says how sure the verdict is."""
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
OPEN = "?"
MARKS = ("*", "†", "‡", "§", "¶")
"""Of notes below the bars, as in print; there is one way more than these at most, and one of all leaves nothing out."""


@dataclass(frozen=True)
class Grounded:
    """A reason and how it is known."""

    text: str
    kinds: tuple[Word, ...]


@dataclass(frozen=True)
class ToDo:
    """Something to do; `time` and `price` in words, "" where nobody can say."""

    text: str
    time: str = ""
    price: str = ""


@dataclass(frozen=True)
class Page:
    """All of page one, in words; `parts` of the rows and `ways` of doing the task are drawn."""

    question: str
    answer: str
    meaning: str
    parts: tuple[Part, ...]
    rows: str
    rows_note: str
    corrected: str
    reasons: tuple[Grounded, ...]
    further: tuple[Grounded, ...]
    steps: tuple[ToDo, ...]
    left: int
    total: str
    ways: tuple[Way, ...]
    costs: str
    has_lost: bool
    firm: str
    date: str
    goal: str

    @property
    def is_priced(self) -> bool:
        """Whether any step has a price."""
        return any(step.price for step in self.steps)

    @property
    def kinds(self) -> tuple[Word, ...]:
        """The kinds of ground that reasons on this page have, to be explained once."""
        return tuple(dict.fromkeys(kind for reason in self.reasons for kind in reason.kinds))

    @property
    def has_points(self) -> bool:
        """Whether a reason counts in points."""
        return any(" points" in one.text for one in self.reasons)

    @property
    def terms(self) -> str:
        """What the terms on this page mean, in one line; a term that was explained already is left out."""
        told = [
            self.answer,
            self.firm,
            self.costs,
            *(one.text for one in self.reasons),
            *(one.text for one in self.steps),
            self.goal,
        ]
        text, known = " ".join(told).lower(), self.meaning.lower()
        used = [term for term in TERMS if term.lower() in text and term.lower() not in known]
        once = {TERMS[term]: term for term in reversed(used)}
        found = [f"{term}: {TERMS[term]}" for term in used if once[TERMS[term]] == term]
        return f"{capital('; '.join(found))}." if found else ""


def first_page(stored: StoredVerdict, summary: Mapping[str, Any]) -> Page:
    """Page one of this verdict. `summary` as `render` takes it."""
    verdict = stored.verdict
    parts = row_parts(summary)
    said = _paired(verdict.reasons, verdict.grounds)
    reasons = [Grounded(text, _kinds(ground)) for text, ground in said if not text.startswith(SAID_APART)]
    steps = _steps(stored, _hour(summary), _currency(summary))
    return Page(
        question=_question(parts),
        answer=verdict.headline,
        meaning=MEANINGS.get(verdict.outcome, ""),
        parts=parts,
        rows=_rows_line(parts),
        rows_note=str((summary.get("rows") or {}).get("note") or ""),
        corrected=_corrected_line(summary.get("corrected") or {}),
        reasons=tuple(reasons[:MOST_REASONS]),
        further=tuple(reasons[MOST_REASONS:]),
        steps=tuple(steps[:MOST_STEPS]),
        left=max(0, len(steps) - MOST_STEPS),
        total=_total(stored, summary),
        ways=_ways(stored),
        costs=_costs_line(stored),
        has_lost=stored.costs is not None and any(one.lost_month[2] > 0 for one in stored.costs.options),
        firm=firmness(verdict.stability, verdict.outcome, verdict.provisional, verdict.grounds),
        date=day(str(summary.get("date") or "")),
        goal=stored.plan.summary if stored.plan and stored.plan.steps else "",
    )


def day(iso: str) -> str:
    """A date as people write it, 29 November 2026; another text as it is."""
    try:
        found = date.fromisoformat(iso)
    except ValueError:
        return iso
    return f"{found.day} {MONTHS[found.month - 1]} {found.year}"


def row_parts(summary: Mapping[str, Any]) -> tuple[Part, ...]:
    """Kept rows, then those left out by reason, the most first; () where nobody counted them."""
    rows = summary.get("rows")
    if not rows:
        return ()
    gone = {reason: n for reason, n in rows.get("removed", {}).items() if n}
    if rows.get("rejected"):
        gone["unreadable"] = rows["rejected"]
    ranked = sorted(gone.items(), key=lambda pair: (-pair[1], pair[0]))
    out = [Part(REMOVALS.get(reason, reason), n, min(place, SHADES - 1)) for place, (reason, n) in enumerate(ranked, 1)]
    return Part("kept", int(rows["kept"]), 0), *out


def _question(parts: Sequence[Part]) -> str:
    total = sum(part.rows for part in parts)
    on = f"these {counted(total, 'example')}" if total > 1 else "these examples"
    return f"Should we fine-tune a language model on {on}, and if not, what instead?"


def _rows_line(parts: Sequence[Part]) -> str:
    total = sum(part.rows for part in parts)
    if not total:
        return ""
    left_out = total - parts[0].rows
    if not left_out:
        return f"{counted(total, 'example')} came in, one a row, and all are kept."
    return f"{counted(total, 'example')} came in, one a row. {parts[0].rows:,} are kept and {left_out:,} left out:"


def _corrected_line(rows: Mapping[str, int]) -> str:
    """What people changed in the rows that are kept, "" where nothing."""
    said = {"labels": "gave a label, their first or another one, to", "texts": "changed the text of"}
    done = [f"{words} {rows[name]:,}" for name, words in said.items() if rows.get(name)]
    return f"Of those that are kept, people {' and '.join(done)}." if done else ""


def _paired(reasons: Sequence[str], grounds: Sequence[str]) -> list[tuple[str, str]]:
    """Each reason with its ground; verdicts of earlier versions name none."""
    return list(zip(reasons, [*grounds, *[""] * (len(reasons) - len(grounds))], strict=True))


def _kinds(ground: str) -> tuple[Word, ...]:
    return tuple(NOT_KNOWN if kind == "missing" else word(KINDS, kind) for kind in ground.split(" and ") if kind)


def _steps(stored: StoredVerdict, hour: float | None, currency: str) -> list[ToDo]:
    """The steps of the work plan, with what is open besides; without any, the next step."""
    steps = stored.plan.steps if stored.plan else ()
    if not steps:
        return [ToDo(stored.verdict.next_step)] if stored.verdict.next_step else []
    made = [ToDo(step.words, minutes(step.minutes), _price(step.minutes, hour, currency)) for step in steps]
    open_questions = [f"{one}{OPEN}" for one in _questions(stored.verdict.next_step)]
    return [*made, *(ToDo(one) for one in open_questions if "score would be good enough" not in one)]


def _questions(text: str) -> list[str]:
    """The questions in a next step, without their marks; the target's stands in the plan already."""
    return [part.rpartition(". ")[2].strip() for part in text.split(OPEN)[:-1]]


def _total(stored: StoredVerdict, summary: Mapping[str, Any]) -> str:
    """What all steps take together; "" where a single one says it."""
    if stored.plan is None or not stored.plan.steps:
        return _running(stored, summary)
    price = _price(stored.plan.minutes, _hour(summary), _currency(summary))
    cost = f", about {price}" if price else "; the price of an hour was not given, so not in money"
    if len(stored.plan.steps) == 1:
        return "" if price else "In time only: the price of an hour was not given."
    return f"All steps together: about {minutes(stored.plan.minutes)} of people's time{cost}."


WAY_OF = {
    "prompt": "prompt", "stay_with_prompt": "prompt", "retrieved_examples": "retrieved_few_shot", "lora": "lora",
    "full_fine_tune": "full",
}  # fmt: skip
"""The way of doing the task, by the outcome that says to take it."""


def _running(stored: StoredVerdict, summary: Mapping[str, Any]) -> str:
    """What the way that the verdict names takes in money and people's time, as far as anybody said."""
    name = WAYS[WAY_OF[stored.verdict.outcome]].title if stored.verdict.outcome in WAY_OF else ""
    way = next((one for one in stored.costs.options if one.name == name), None) if stored.costs else None
    if way is None or stored.costs is None:
        return "Neither people's time nor money was given for it."
    once = f"{money(way.once)} once and " if way.once[0] >= 1 else ""
    cost = f"In money: {once}{money(way.month)} {stored.costs.currency} a month."
    if stored.verdict.outcome in ("prompt", "stay_with_prompt"):
        return f"{cost} In time: nothing, as the prompt is there already."
    # the days of engineering that people enter are those of tuning
    value = (summary.get("context") or {}).get("value")
    days = value.get("engineering_days") if isinstance(value, Mapping) else None
    is_tuned = stored.verdict.outcome in ("lora", "full_fine_tune")
    known = f"{days:g} {'day' if days == 1 else 'days'} of engineering" if is_tuned and days else ""
    return f"{cost} In time: {known or 'nobody said how long it takes to set up'}."


def _price(time: Sequence[float], hour: float | None, currency: str) -> str:
    """What people's time costs, "" where nobody gave the price of an hour."""
    if hour is None:
        return ""
    low, high = (one / HOUR * hour for one in time)
    ends = [money((value, value, value)) for value in (low, high)]
    return f"{ends[0]} {currency}" if ends[0] == ends[1] else f"{ends[0]} to {ends[1]} {currency}"


def _prices(summary: Mapping[str, Any]) -> Mapping[str, Any]:
    found = (summary.get("context") or {}).get("prices")
    return found if isinstance(found, Mapping) else {}


def _hour(summary: Mapping[str, Any]) -> float | None:
    value = _prices(summary).get("label_hour")
    return float(value) if isinstance(value, int | float) else None


def _currency(summary: Mapping[str, Any]) -> str:
    return str(_prices(summary).get("currency", ""))


def _ways(stored: StoredVerdict) -> tuple[Way, ...]:
    if stored.costs is None:
        return ()
    marks = _marks(stored.costs)
    return tuple(
        Way(
            f"{one.name} {marks[one.leaves_out]}" if one.leaves_out else one.name,
            one.first_year,
            one.once[0],
            one.barred,
            is_part=bool(one.leaves_out),
        )
        for one in stored.costs.options
    )


def _marks(made: Costs[WayCosts]) -> Mapping[str, str]:
    """A mark for each thing that a way leaves out, for the note below the bars."""
    left_out = dict.fromkeys(way.leaves_out for way in made.options if way.leaves_out)
    return dict(zip(left_out, MARKS, strict=False))


def _costs_line(stored: StoredVerdict) -> str:
    """From what volume tuning pays and at what figures, or what is missing to say so."""
    made = stored.costs
    if made is None:
        missing = stored.costs_missing
        return f"Not worked out yet. {sentence(missing)}" if missing else ""
    dated = f" Prices of {made.as_of}." if made.as_of else ""
    marks = _marks(made)
    lora = next(
        (marks[way.leaves_out] for way in made.options if way.leaves_out and way.name == WAYS["lora"].title), ""
    )
    beside = f" {lora}" if lora else ""
    pays = (
        f" LoRA{beside} pays for itself within a year from about {volume(made.calls_needed)} calls a month on."
        if made.calls_needed
        else " LoRA does not pay for itself at any volume."
    )
    apart = "" if stored.verdict.gate in COSTS_DECIDE else " The verdict rests on the scores, not on these costs."
    left_out = "".join(f" {mark} Without {words}." for words, mark in marks.items())
    return f"In {made.currency}, at {made.calls:,} calls a month.{pays}{dated}{apart}{left_out}"
