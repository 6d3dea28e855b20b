"""Share of rows that certainly cannot be used: empty, unreadable, longer than the model reads, loops, mere filler."""

import json

from curation.errors import NotChecked
from curation.readiness.evidence import Figure, evidence, rated
from curation.readiness.study import Study
from curation.readiness.texts.loops import is_loop
from curation.records import Evidence
from curation.records.progress import Progress
from curation.sampling.intervals import wilson
from curation.wording import counted, percent

FAULTS = {"empty": "empty", "loop": "that only repeat themselves", "filler": "of mere filler", "too_long": "too long"}
"""What makes a row unusable, and how it is counted in a sentence."""


@evidence("integrity", "Unusable rows")
def integrity(study: Study, progress: Progress) -> Evidence:
    """Faulty rows over all rows (after exact duplicates collapse) and rejected ones; unlabelled is no fault.

    A row is too long where its tokens (estimated: the low end) are more than the model is declared to read; without
    that declaration nothing is. `detail`: rows by fault, rejected, not_checked.
    """
    rows, rejected = study.rows, study.facts.rejected
    if not len(rows) + rejected:
        raise NotChecked("there are no rows")
    faults = {"empty": _empty(study), "loop": _loops(study), "filler": _filler(study), "too_long": _too_long(study)}
    bad = set().union(*faults.values())
    share = wilson(len(bad) + rejected, len(rows) + rejected)
    unknown = _unknown(study)
    listed = ", ".join(f"{len(faults[name]):,} {words}" for name, words in FAULTS.items() if name not in unknown)
    message = (
        f"{counted(len(bad) + rejected, 'row')} of {len(rows) + rejected:,} ({percent(share[0])}) cannot be used: "
        f"{listed}, {rejected:,} unreadable in the file."
    )
    line = study.policy.items["integrity"].fail or 1.0
    if share[1] <= line < share[0]:
        message += f" So few rows do not make it certain that more than {percent(line)} are."
    if faults["too_long"] and not study.counter.is_exact:
        message += " Too long are those that even the low end of an estimate of their tokens finds so."
    if unknown:
        message += f" Not checked: {', '.join(unknown.values())}."
    detail = {name: len(found) for name, found in faults.items()} | {"rejected": rejected, "not_checked": [*unknown]}
    fix = "Repair these rows at their source or remove them, then load again."
    if rejected:
        fix += " The unreadable ones are already left out; if that is acceptable, raise this threshold."
    return rated(study, "integrity", Figure(share, message, fix=fix, rows=sorted(bad), detail=detail))


def _unknown(study: Study) -> dict[str, str]:
    """The faults that nobody looked for, and what they are."""
    unknown = {}
    if study.run("placeholder").status != "done":
        unknown["filler"] = "filler text"
    if study.facts.context.model.context_tokens is None:
        unknown["too_long"] = "over-long rows (say how many tokens the model reads at once)"
    return unknown


def _empty(study: Study) -> set[str]:
    rows = study.rows
    return {
        rows.ids[n]
        for n in range(len(rows))
        if not rows.inputs[n].strip() or not (rows.outputs[n].strip() or _waiting(study, n))
    }


def _waiting(study: Study, n: int) -> bool:
    return study.rows.labels[n] is None and (study.labelled_set or not study.answered)


def _loops(study: Study) -> set[str]:
    if study.labelled_set:
        return set()
    rows = study.rows
    return {rows.ids[n] for n in study.usable if is_loop(rows.inputs[n], rows.outputs[n])}


def _filler(study: Study) -> set[str]:
    """Rows whose whole answer is filler; a gap within one is a suspicion."""
    table = study.facts.findings.of("placeholder").table
    told = zip(table["id"].to_pylist(), table["evidence"].to_pylist())
    whole = {id for id, evidence in told if json.loads(evidence or "{}").get("whole")}
    return whole.intersection(study.rows.ids)


def _too_long(study: Study) -> set[str]:
    """Rows with more tokens than the model reads: as its tokenizer counts them, else surely by the estimate."""
    limit = study.facts.context.model.context_tokens
    if limit is None:
        return set()
    rows = study.rows
    # no tokenizer makes more tokens than bytes
    long = [n for n in range(len(rows)) if 4 * (len(rows.inputs[n]) + len(rows.outputs[n])) > limit]
    counts = study.counter.counts([rows.inputs[n] for n in long])
    counts += study.counter.counts([rows.outputs[n] for n in long])
    return {rows.ids[n] for n, tokens in zip(long, counts.lows, strict=True) if tokens > limit}
