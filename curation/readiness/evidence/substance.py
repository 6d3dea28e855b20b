"""Style or substance: are the outputs' words taken from the input, usual wording, told by the task, or knowledge?"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from curation.errors import NotChecked
from curation.readiness.arms import fits
from curation.readiness.evidence import SHOWN_ROWS, Figure, Known, evidence, follows, not_applicable, rated
from curation.readiness.rules import Policy
from curation.readiness.shares import origins, shares, usual_words
from curation.readiness.study import Study
from curation.records import Evidence
from curation.records.context import Context
from curation.records.progress import Progress
from curation.sampling.paired import graded
from curation.text.words import terms
from curation.wording import counted, percent, span

FEWEST = 6
"""Patterns asked for: with a spread of .25 between them the share of six is known to within 20 points, as far as style
(10 %) is from substance (30 %)."""
MOST_ROWS = 2_000
"""Rows read: a mean share of so many is known to within a point."""
LONGEST = 4_000
"""Characters read of each text."""
FOLLOWING = ("rewriting", "extraction", "classification")
"""Kinds of task whose answers follow from the input, so that nobody is asked where their words come from."""
PARTS = ("copied", "template", "novel", "follows", "bound", "untold")


@evidence("substance", "Style or substance")
def substance(study: Study, progress: Progress) -> Evidence:
    """The share of output words that are knowledge: new (neither in the row's input nor in a fifth of all outputs), and
    neither told by the input nor common language; in a set of questions and answers all new words that are not told.

    One row a pattern (see `texts.patterns`). `detail`: copied, template, novel (shares that add up to 1), follows (new,
    told by the input), bound and untold (value, low, high: knowledge without and with common language), says
    (substance, style or both), asks (whether it is worth asking where the new words come from), answerable (share of
    rows whose new words stand in the knowledge base, when one was compared) and documents (its characters).
    """
    if study.answer_kind != "text":
        return not_applicable(study, "substance", WHAT[study.answer_kind])
    chosen = one_a_pattern(study)
    if len(chosen) < FEWEST:
        raise NotChecked(
            f"the set teaches {counted(len(chosen), 'thing')}, which is too few to tell usual wording from knowledge"
        )
    parts = _parts(study, chosen, progress)
    found = {name: graded(column) for name, column in zip(PARTS, parts.T)}
    run = study.run("knowledge")
    detail = {name: share[0] for name, share in found.items() if name not in ("bound", "untold")} | {
        "bound": list(found["bound"]), "untold": list(found["untold"]),
        "answerable": run.summary.get("answerable_rate") if run.status == "done" else None,
        "documents": run.summary.get("characters", 0) if run.status == "done" else 0,
    }  # fmt: skip
    behind = [study.rows.ids[chosen[n]] for n in np.argsort(-parts[:, 4], kind="stable")[:SHOWN_ROWS]]
    made = _rated(Known({}, study.facts.context, study.policy), detail, behind)
    study.behind["substance"] = tuple(behind)
    return made


@follows("substance")
def again(known: Known) -> Evidence:
    """The same words under another kind of task."""
    made = known.found["substance"]
    return made if made.value is None else _rated(known, made.detail, made.rows)


def _rated(known: Known, counts: Mapping[str, Any], rows: Sequence[str]) -> Evidence:
    kind, rule = known.context.task.kind, known.policy.items["substance"]
    value, low, high = counts["untold" if kind == "question_answering" else "bound"]
    style = counts["copied"] + counts["template"] >= rule.settings["style"]
    # new words that follow from the input, or that many outputs have, are no knowledge
    style = style and min(counts["novel"], high) < rule.settings["style_novel"]
    status = rule.status(value, low, high)
    says = "substance" if status == "warn" else "style" if style else "both"
    detail = {**counts, "says": says, "asks": status == "warn" and kind not in FOLLOWING}
    message = (
        f"Of the words in the outputs, {percent(counts['copied'])} appear in the input, {percent(counts['template'])} "
        f"are usual wording and {percent(counts['novel'])} are new; {percent(value)} ({span(low, high)}) are new and "
        "do "
        f"not follow from the input{SAYS[says]}"
    )
    if counts["answerable"] is not None:
        message += f" {percent(counts['answerable'])} of the answers are in your knowledge base."
    message += _documents(known.context, counts.get("documents", 0), known.policy)
    fix = "Say where the new knowledge in the answers comes from: what can be retrieved need not be trained."
    figure = Figure((value, low, high), message, status=status, fix=fix, rows=rows, detail=detail)
    return rated(known, "substance", figure)


def _documents(context: Context, characters: float, policy: Policy) -> str:
    """Whether the knowledge base fits into the prompt whole, as a further sentence; "" where nobody said what fits."""
    tokens = characters / policy.items["economics"].settings["characters_per_token"]
    said = fits(context, tokens, "Your knowledge base")
    whole = " So all of it can go into the prompt, without retrieval." if " fits " in said else ""
    return f" {said}{whole}" if said else ""


WHAT = {
    "labels": "The answers are labels.",
    "sets": "The answers are labels.",
    "numbers": "The answers are numbers.",
    "closed": "The answers are drawn from a fixed set of texts.",
}
SAYS = {"substance": ": the answers hold knowledge.", "style": ": the answers differ in style.", "both": "."}


def one_a_pattern(study: Study) -> list[int]:
    """One usable row a pattern, a sample where there are many."""
    chosen = study.unique
    if not chosen:
        raise NotChecked("no row has both an input and an answer")
    if len(chosen) > MOST_ROWS:
        chosen = sorted(study.generator("substance").choice(chosen, MOST_ROWS, replace=False).tolist())
    return chosen


def _parts(study: Study, chosen: Sequence[int], progress: Progress) -> NDArray[np.float64]:
    """The shares of `PARTS` (row, part) of each output's words."""
    rows, settings = study.rows, study.policy.items["substance"].settings
    asked = [terms(rows.inputs[n][:LONGEST]) for n in chosen]
    outputs = [terms(rows.outputs[n][:LONGEST]) for n in chosen]
    progress(0.3, "comparing outputs with inputs")
    if not any(outputs):
        raise NotChecked("the outputs hold no words")
    usual, own = usual_words(outputs, settings["template"]), [set(words) for words in asked]
    new = [[word for word in output if word not in given and word not in usual] for given, output in zip(own, outputs)]
    told = origins(own, new)
    progress(0.9, "comparing outputs with inputs")
    found = np.zeros((len(chosen), len(PARTS)))
    for n, (given, output, origin) in enumerate(zip(own, outputs, told)):
        counts = (origin.follows, origin.knowledge, origin.knowledge + origin.language)
        found[n] = *shares(given, output, usual), *(count / max(1, len(output)) for count in counts)
    return found
