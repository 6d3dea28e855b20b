"""Which answer of an audited row was judged, whether it still stands, and what that tells of an earlier flag. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from curation.errors import NotChecked
from curation.records import Decision, Estimate
from curation.review.audit.draw import Answer, Draw
from curation.review.audit.estimate import estimate
from curation.review.audit.quality import label_hits
from curation.review.state import standing, state_of
from curation.review.turns import Said, added_up

_SPOKEN = ("accept", "reject", "label", "edit")
"""Actions that say what is to become of an answer; a skip or a flag does not."""


@dataclass(frozen=True)
class Texts:
    """What an example says at one time."""

    input: str
    output: str
    label: str | None


@dataclass(frozen=True)
class Past:
    """A row's decisions, oldest first, with the numbers (`seq`) of those made in bulk, and what it was as imported."""

    imported: Texts
    decisions: Sequence[Decision] = ()
    bulk: frozenset[int] = frozenset()

    def at(self, version: int) -> Texts:
        """What the row said when its first `version` decisions had been made."""
        state, own = state_of(self.decisions[:version]), self.imported
        return Texts(
            own.input if state.input is None else state.input,
            own.output if state.output is None else state.output,
            own.label if state.label is None else state.label,
        )

    @property
    def now(self) -> Texts:
        """What the row says now."""
        return self.at(len(self.decisions))


@dataclass(frozen=True)
class Judgement:
    """What the answers of an audit add up to; `found` is None and `why` says so while too few are in.

    `wrong` maps the examples answered wrong to the right label given, "" without, `judged` to the answer that was on
    screen then; those in `open` still stand so, and no person who looked at them alone has decided them since.
    """

    found: Estimate | None
    why: str
    wrong: Mapping[str, str]
    judged: Mapping[str, str]
    open: frozenset[str]


@dataclass(frozen=True)
class ModelSaid:
    """What a model has to do with the rows of an audit.

    `labels` is the label it names first for a row whose label it calls wrong; `shown` are rows that somebody decided
    with its suggestion on screen before they were judged: their answers are no longer people's own.
    """

    labels: Mapping[str, str] = field(default_factory=dict)
    shown: Collection[str] = frozenset()


NOTHING_SAID = ModelSaid()


def judge(
    drawn: Draw,
    votes: Sequence[tuple[str, str, Answer, str, int]],
    pasts: Mapping[str, Past],
    checked: Mapping[str, int],
    is_labels: bool,
    model: ModelSaid = NOTHING_SAID,
) -> Judgement:
    """What reviewers found, from (example, reviewer, answer, right label, version seen) votes.

    `pasts` holds every example voted on, `checked` how many of a flagged example's decisions the checks had seen. Rows
    decided under a model's suggestion count for nothing here but to be corrected.
    """
    said = added_up([vote[:4] for vote in votes])
    seen = {vote[0]: vote[4] for vote in votes if vote[2] == said[vote[0]].answer}
    shown = {id: pasts[id].at(version) for id, version in seen.items()}
    wrong = {id: _right_label(row, shown[id]) for id, row in said.items() if row.answer == "wrong"}
    mended = {id for id, label in wrong.items() if is_mended(pasts[id], seen[id], label)}
    of_flags = {
        id: of_flag(pasts[id].at(version), shown[id], said[id].answer, said[id].label, is_labels)
        for id, version in checked.items()
        if id in shown
    }
    own = {id: row.answer for id, row in said.items() if id not in model.shown}
    try:
        found, why = _with_labels(estimate(drawn, own, mended, of_flags), drawn, said, model), ""
    except NotChecked as reason:
        found, why = None, str(reason)
    judged = {id: (shown[id].label or "") if is_labels else shown[id].output for id in wrong}
    waiting = frozenset(id for id in wrong if id not in mended and not is_decided_singly(pasts[id], seen[id]))
    return Judgement(found, why, wrong, judged, waiting)


def _with_labels(found: Estimate, drawn: Draw, said: Mapping[str, Said], model: ModelSaid) -> Estimate:
    """The estimate with how often the labels are right that the model names.

    Who says "wrong" without the right label tells nothing of the one the model names: None.
    """
    if found.model is None or not model.labels:
        return found
    told = [
        (row.stratum, None if _names_none(said[row.id]) else said[row.id].label == model.labels[row.id])
        for row in drawn.rows
        if row.weight > 0 and row.id in said and row.id in model.labels and row.id not in model.shown
        if said[row.id].answer != "unknown"
    ]
    return replace(found, model=replace(found.model, label_hits=label_hits(drawn, told)))


def _names_none(said: Said) -> bool:
    return said.answer == "wrong" and not said.label


def _right_label(said: Said, shown: Texts) -> str:
    # The label the row has is no correction of it.
    return said.label if said.label != shown.label else ""


def is_mended(past: Past, judged_at: int, right: str) -> bool:
    """Whether an answer found wrong at version `judged_at` is gone: its row left out, or saying something else.

    Where the reviewer named the `right` label ("" without), a bulk change to yet another label mends nothing.
    """
    if state_of(past.decisions).status == "rejected":
        return True
    if past.now == past.at(judged_at):
        return False
    return not right or past.now.label == right or is_decided_singly(past, judged_at)


def is_decided_singly(past: Past, since: int) -> bool:
    """Whether a person who looked at this row alone decided it after version `since` and that decision stands."""
    later = {decision.seq for decision in past.decisions[since:]}
    return any(
        decision.seq in later and decision.seq not in past.bulk and decision.action in _SPOKEN
        for decision in standing(past.decisions)
    )


def of_flag(flagged: Texts, judged: Texts, answer: Answer, right: str, is_labels: bool) -> Answer:
    """What a reviewer's answer on `judged` says of the answer that a check flagged.

    The same where nothing has changed in between. A row has one right label: if the reviewer calls another label than
    the flagged one right, or names one, then the flagged label was wrong and the flag right. All else, such as a text
    edited since, tells nothing of the flagged answer: "unknown".
    """
    if flagged == judged:
        return answer
    if not is_labels or flagged.input != judged.input:
        return "unknown"
    if flagged.label == judged.label:
        return answer
    true = judged.label if answer == "right" else right if answer == "wrong" else ""
    if not true:
        return "unknown"
    return "right" if true == flagged.label else "wrong"


def version_checked(past: Past, checked_at: str, given: str | None) -> int:
    """How many of a row's decisions a check that began at `checked_at` (UTC text, to the second) had seen.

    `given` is the label it says it saw, None where it does not say: a check reads the rows when it begins, so decisions
    made while it ran are newer than what it flagged.
    """
    seen = sum(decision.at < checked_at for decision in past.decisions)
    if given is None:
        return seen
    return next((n for n in range(seen, -1, -1) if past.at(n).label == given), seen)
