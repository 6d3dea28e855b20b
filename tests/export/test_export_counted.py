"""Why the verdict counts another number of rows than an export keeps."""

from curation.export.card.counted import counted, counted_line
from curation.records import Evidence


def evidence(usable, effective, exact, near):
    return [
        Evidence("effective_size", "", "ok", detail={"usable": usable, "effective": effective}),
        Evidence("duplication", "", "ok", detail={"exact": exact, "near": near}),
    ]


def test_the_rows_the_verdict_counts_and_those_kept_add_up():
    removed = {"near-duplicate": 63, "exact duplicate": 10, "empty input": 4}
    counts = counted(evidence(750, 680, 10, 66), 687, removed)
    assert counts == {"effective": 680, "near": 66, "alike": 3, "conflicting": 4}
    assert counted_line(counts, removed, 687) == (
        "687 rows are exported, 7 more than the verdict counts: 3 resemble another row but differ in a number, date, "
        "name or negation, or a person kept them (of 66 near-duplicates in the verdict, 63 were removed); 4 answer an "
        "input differently from another row, and a person should decide which is right."
    )


def test_figures_that_cannot_be_told_apart_are_not_made_up():
    odd = counted(evidence(750, 680, 10, 66), 700, {"near-duplicate": 63, "exact duplicate": 10})
    assert odd == {"effective": 680}
    assert "700 rows are exported, 20 more than the verdict counts, which leaves out" in counted_line(odd, {}, 700)
    assert counted([], 5, {}) == {}
    assert counted_line({}, {}, 5) == ""
    assert counted_line({"effective": 5}, {}, 5) == ""
