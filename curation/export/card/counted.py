"""Why an export holds another number of rows than the verdict counts, in numbers that add up."""

from collections.abc import Mapping, Sequence

from curation.records import Evidence
from curation.wording import counted as rows

LEAKED = "stands in the evaluation set"
REPEATS = ("exact duplicate", "near-duplicate")


def counted(evidence: Sequence[Evidence], kept: int, removed: Mapping[str, int]) -> dict[str, int]:
    """The rows the verdict counts, and why others are `kept` all the same: `effective`, `alike`, `conflicting`.

    `removed` are the removed rows by reason. `alike` rows repeat another for the verdict, yet may differ in a number
    or were kept by a person; `near` are the near-duplicates the verdict speaks of. Empty where the verdict counted
    nothing, or where the two reasons do not add up to the difference.
    """
    details = {item.id: item.detail for item in evidence}
    sizes, repeats = details.get("effective_size", {}), details.get("duplication", {})
    if not {"usable", "effective"} <= sizes.keys() or not {"exact", "near"} <= repeats.keys():
        return {}
    effective, near = int(sizes["effective"]), int(repeats["near"])
    alike = int(repeats["exact"]) + near - sum(removed.get(reason, 0) for reason in REPEATS)
    conflicting = int(sizes["usable"]) - near - effective - removed.get(LEAKED, 0)
    if min(alike, conflicting) < 0 or alike + conflicting != kept - effective:
        return {"effective": effective}
    return {"effective": effective, "near": near, "alike": alike, "conflicting": conflicting}


def counted_line(counts: Mapping[str, int], removed: Mapping[str, int], kept: int, done: str = "exported") -> str:
    """That difference in a sentence or two, "" where there is none; `kept` rows before personal data is left out.

    `done` is what became of them in one word.
    """
    if not counts or counts["effective"] == kept:
        return ""
    more = kept - counts["effective"]
    lead = (
        f"{rows(kept, 'row is', 'rows are')} {done}, {abs(more):,} {'more' if more > 0 else 'fewer'} than the "
        "verdict counts"
    )
    parts = []
    if alike := counts.get("alike", 0):
        why = f"{alike:,} resemble another row but differ in a number, date, name or negation, or a person kept them"
        gone = removed.get("near-duplicate", 0)
        aside = f" (of {counts['near']:,} near-duplicates in the verdict, {gone:,} were removed)"
        parts.append(why + (aside if counts["near"] != gone else ""))
    if conflicting := counts.get("conflicting", 0):
        parts.append(
            f"{conflicting:,} answer an input differently from another row, and a person should decide which is right"
        )
    if not parts:
        return f"{lead}, which leaves out rows that contradict or resemble others."
    return f"{lead}: {'; '.join(parts)}."
