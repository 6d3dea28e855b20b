"""What a team round found -> sentences and frames."""

from collections.abc import Mapping, Sequence

import pandas as pd

from curation.project.rounds import TeamResult
from curation.records import (
    RELIABLE,
    TENTATIVE,
    Agreed,
    Agreement,
    Consensus,
    Example,
    ReviewerQuality,
    Wanted,
)
from curation.ui.widgets.formatting import asked, visible
from curation.wording import counted, percent

WHY = (
    "Do the people who know this data agree on the right answer? Each answers the same rows alone. Where they "
    "disagree, no amount of data teaches a model what is right."
)
BY_WHOM = {
    True: "Quality says how well a reviewer agrees with the others and with a model that was not trained on these "
    "rows (CROWDLAB, by cleanlab).",
    False: "The consensus is the most frequent answer; quality is how often others gave the same answer.",
}


def answers_as(reviewer: str) -> str:
    """Whose answers these are."""
    return f"You answer as {visible(reviewer)}. Change the name in the sidebar."


def agreement_line(found: Agreement) -> str:
    """Krippendorff's alpha in plain words, or the plain share of rows where it cannot tell."""
    value, low, high = found.alpha
    if found.why_unmeasured:
        figures = f"{value:.2f} ({low:.2f} to {high:.2f})"
        return f"{found.why_unmeasured} Alpha would be {figures} by {found.reviewers} people."
    if low >= RELIABLE:
        word = "The reviewers agree well: their answers can be relied on"
    elif value >= TENTATIVE:
        word = "The reviewers agree fairly: good enough for tentative conclusions"
    elif value >= 0:
        word = "The reviewers agree too little: first decide together what the right answer is"
    else:
        word = "The reviewers agree less than chance: they must mean different things"
    return (
        f"{word}. Alpha is {value:.2f} ({low:.2f} to {high:.2f}) on {counted(found.rows, 'row')} by {found.reviewers} "
        f"people; 1 is always the same answer, 0 is chance. On {found.same:,} of them all gave the same answer."
    )


def reviewers_frame(people: Sequence[ReviewerQuality]) -> pd.DataFrame:
    """How good each reviewer's answers are."""
    rows = [
        {
            "Reviewer": visible(one.reviewer),
            "Answers": one.votes,
            "Rows others answered too": one.shared,
            "As the majority": f"{one.agreed:,} of {one.decided:,}" if one.decided else "No majority",
            "Quality": "–" if one.quality is None else percent(one.quality),
        }
        for one in people
    ]
    return pd.DataFrame(rows)


def disputed(result: TeamResult) -> list[str]:
    """The rows people answer differently, those with the weakest consensus first."""
    weak = {row.id: row.quality for row in result.consensus.rows} if result.consensus else {}
    rows = result.by_row
    return sorted((id for id in rows if len(set(rows[id].values())) > 1), key=lambda id: (weak.get(id, 0.0), id))


def disputed_frame(result: TeamResult, examples: Sequence[Example]) -> pd.DataFrame:
    """The disputed rows with everybody's answer side by side, a column a reviewer."""
    rows = result.by_row
    names = sorted({vote.reviewer for vote in result.votes})
    best = {row.id: row for row in result.consensus.rows} if result.consensus else {}
    lines = []
    for example in examples:
        row = best.get(example.id)
        said = {f"{visible(name)}'s answer": _said(rows[example.id].get(name)) for name in names}
        lines.append({"Input": asked(example.input, 90), **said, "Consensus": _consensus(row) if row else "–"})
    return pd.DataFrame(lines)


def _said(answer: str | None) -> str:
    return "–" if answer is None else visible(answer)


def _consensus(row: Agreed) -> str:
    if not row.has_majority:
        return "No consensus"
    answer = f"{visible(row.answer)} ({percent(row.quality)} sure)"
    return answer if row.is_settled else f"Open; likeliest {answer}"


def next_frame(wanted: Sequence[Wanted], examples: Sequence[Example]) -> pd.DataFrame:
    """Which row should be looked at next, and by whom."""
    texts = {example.id: example.input for example in examples}
    rows = [
        {
            "Input": asked(texts.get(one.id), 90),
            "Answers so far": one.votes,
            "Sure": "–" if one.quality is None else percent(one.quality),
            "Who should answer": visible(one.reviewer) or "Somebody new",
        }
        for one in wanted
    ]
    return pd.DataFrame(rows)


def adopt_line(found: Consensus, labels: Mapping[str, str | None], is_labels: bool) -> str:
    """What adopting the consensus would do, in a sentence; `labels` are the rows' own."""
    settled = [row for row in found.rows if row.is_settled]
    if is_labels:
        new = sum(row.answer != labels.get(row.id) for row in settled)
        what = f"{counted(new, 'row')} get another label and {len(settled) - new:,} are accepted"
    else:
        wrong = sum(row.answer == "wrong" for row in settled)
        what = f"{counted(wrong, 'row')} are left out and {len(settled) - wrong:,} are accepted"
    return (
        f"{what}. Rows without a majority stay open, rows decided before stay as they are. You can undo all of "
        "it at once."
    )
