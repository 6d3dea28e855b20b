"""Audits and team rounds: rows that people answer blind, and what their answers say."""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from curation.errors import NotChecked, UsageError
from curation.project.duplicates import Duplicates
from curation.project.examples import Examples
from curation.project.model_review.audited import before, drawn_from
from curation.project.model_review.readings import Readings
from curation.project.model_review.suggestions import Suggestions
from curation.project.place import now
from curation.project.place.access import needs
from curation.records import (
    FINDINGS_SCHEMA,
    Agreement,
    Clusters,
    Consensus,
    Dataset,
    Estimate,
    Example,
    Findings,
    ReviewerWork,
    Round,
    RoundKind,
    RoundRow,
    StoredVote,
    Vote,
    Wanted,
)
from curation.records.progress import ignore
from curation.review.audit.draw import (
    DEFAULT_ROWS,
    Answer,
    Draw,
    Drawn,
    draw,
)
from curation.review.audit.judgement import (
    ModelSaid,
    Past,
    Texts,
    judge,
    version_checked,
)
from curation.review.runs import agreement_findings, audit_findings, holdout_findings, not_checked
from curation.review.team.agreement import agreement, votes_by_row
from curation.review.team.consensus import consensus, next_readers
from curation.review.team.overturned import overturned
from curation.review.turns import first_answers, next_in_audit, next_in_team
from curation.store import database, rounds
from curation.store.findings import StoredFindings
from curation.store.rows import reviewers
from curation.wording import counted

VoteAnswer = Literal["right", "wrong", "label", "unknown"]
SCORED_ROWS = 20
"""Scored rows judged unless asked otherwise: with none wrong among them, at most an eighth is (Wilson, 90 %)."""
PAUSE = 120
"""Seconds without an act from which a person is taken to be away, as in the review card."""
LEARNED_FROM = 2000
"""Rows a model learns the labels from for the consensus: two seconds, and beyond it gains little (noise design study:
average precision .96 at 1,000 rows of 20 labels)."""


@dataclass(frozen=True)
class Turn:
    """A reviewer's turn in a round: the example to answer, None when there is nothing left for them.

    `done` of `rows` are answered: in an audit by anybody, in a team round by this reviewer.
    """

    round: Round
    example: Example | None
    done: int
    rows: int


@dataclass(frozen=True)
class AuditResult:
    """How far an audit is and what it found; `found` is None and `why` says so while too few answers are in.

    With a result, `why` is "" unless the set has changed too much since the draw for it to count. `wrong`, `judged` and
    `open` as in `Judgement`. `suggested` of the rows answered do not count, as somebody decided them with a model's
    suggestion on screen before.
    """

    round: Round
    rows: int
    answered: int
    found: Estimate | None
    why: str
    wrong: Mapping[str, str]
    judged: Mapping[str, str]
    open: frozenset[str]
    suggested: int = 0

    @property
    def unsettled(self) -> int:
        """How many rows found wrong wait for their correction."""
        return len(self.open)


@dataclass(frozen=True)
class TeamResult:
    """What a team round shows so far; agreement and consensus are None with their reasons where nobody can tell."""

    round: Round
    rows: int
    votes: tuple[Vote, ...]
    agreement: Agreement | None
    why_no_agreement: str
    consensus: Consensus | None
    why_no_consensus: str
    next: tuple[Wanted, ...]

    @property
    def by_row(self) -> dict[str, dict[str, str]]:
        """Answers by example and reviewer."""
        return votes_by_row(self.votes)


class Rounds:
    """Audits and team rounds. A vote is safe once `vote` returns."""

    def __init__(
        self, examples: Examples, duplicates: Duplicates, findings: StoredFindings, readings: Readings
    ) -> None:
        self.place, self.examples, self.duplicates, self.findings = examples.place, examples, duplicates, findings
        self.readings, self.suggestions = readings, Suggestions(readings)

    # -- audits: are the answers right?

    @needs("curator")
    def start_audit(self, rows: int = DEFAULT_ROWS, half_width: float | None = None, seed: int = 0) -> Round:
        """Draw the rows of a new audit from the answered examples as they stand and keep what was known of them.

        `half_width` (0..1), where given, sets the number of rows. Where a model has read rows, its readings make the
        strata. Raises NotChecked where nothing can be looked at.
        """
        findings, dataset = self.findings.current(), self._to_look_at(answered=True)
        files = dict(zip(dataset.values("id"), dataset.values("source"), strict=True))
        read = before(self.readings, files, self._not_judged(files))
        said = read.said if read else None
        drawn = draw(dataset.values("id"), findings or _none(), rows, half_width, seed, said)
        settings = {
            "seed": seed,
            "strata": drawn.strata,
            "flagged": drawn.flagged,
            "flags": [[row.flags, row.extra] for row in drawn.rows],
            "checked": self._checked([row.id for row in drawn.rows if row.flags], findings or _none()),
            **({"read": read.settings(drawn)} if read else {}),
        }
        return self._start("audit", settings, [(row.id, row.stratum, row.weight) for row in drawn.rows])

    @needs("curator")
    def start_holdout(self, scored: Collection[str], rows: int = SCORED_ROWS, seed: int = 0) -> Round:
        """Draw rows at random from those that models were `scored` on, to be judged as in an audit.

        Raises NotChecked where none of them can be looked at.
        """
        ids = [id for id in self._to_look_at(answered=True).values("id") if id in scored]
        if not ids:
            raise NotChecked("No model has been scored on rows of this set yet. Measure one first.")
        drawn = draw(ids, _none(), rows, seed=seed)
        flags = [[row.flags, row.extra] for row in drawn.rows]
        settings = {"seed": seed, "strata": drawn.strata, "flagged": {}, "flags": flags, "checked": {}}
        return self._start("holdout", settings, [(row.id, row.stratum, row.weight) for row in drawn.rows])

    @needs("viewer")
    def holdout_next(self, reviewer: str) -> Turn | None:
        """The next of the newest audit of scored rows that nobody has answered; None without one."""
        return self._turn("holdout", reviewer, lambda rows, votes, _: next_in_audit(rows, votes, reviewer))

    @needs("viewer")
    def holdout_result(self) -> AuditResult | None:
        """What the newest audit of scored rows found so far; None without one."""
        with database.read(self.place.engine) as connection:
            round = rounds.newest_round(connection, "holdout")
        return self._judged(round) if round else None

    @needs("viewer")
    def audit_next(self, reviewer: str) -> Turn | None:
        """The next row of the newest audit that nobody has answered; None without an audit."""
        return self._turn("audit", reviewer, lambda rows, votes, _: next_in_audit(rows, votes, reviewer))

    @needs("viewer")
    def audit_result(self, round: Round | None = None) -> AuditResult | None:
        """What an audit (left out: the newest) found so far; None without one."""
        with database.read(self.place.engine) as connection:
            round = round or rounds.newest_round(connection, "audit")
            if round is None:
                return None
            _, outside = rounds.changed_since(connection, round)
        result = self._judged(round)
        found, why = result.found, result.why
        moved = outside / whole_of(round)
        if found and moved > (found.rate[2] - found.rate[1]) / 2:
            why = (
                f"{counted(outside, 'other example has', 'other examples have')} changed since this audit. Draw "
                "a new one to measure what is left."
            )
        if round.settings["sources"] != self._active():
            why = "Files were loaded or left out since this audit. Draw a new one to measure the set as it is now."
        return replace(result, why=why)

    def _judged(self, round: Round) -> AuditResult:
        """What the votes of a round say, whatever has changed since."""
        with database.read(self.place.engine) as connection:
            rows, votes = rounds.rows_of(connection, round.id), rounds.standing_votes(connection, round.id)
        drawn, pasts = _drawn(round, rows), self._pasts(sorted({vote.example for vote in votes}))
        said = [(v.example, v.reviewer, _answer(v.answer), v.value, _seen(v, pasts[v.example])) for v in votes]
        model = self._model_said(round, {v[0]: v[4] for v in said}, pasts)
        made = judge(drawn, said, pasts, round.settings.get("checked", {}), self.examples.is_classification(), model)
        told = (made.found, made.why, made.wrong, made.judged, made.open)
        return AuditResult(round, len(rows), len(pasts), *told, len(model.shown))

    def _model_said(self, round: Round, judged_at: Mapping[str, int], pasts: Mapping[str, Past]) -> ModelSaid:
        """What a model named for the rows of a round, and which of them people decided under its suggestion before."""
        before = {
            id: [one for one in pasts[id].decisions[:version] if one.seq not in pasts[id].bulk]
            for id, version in judged_at.items()
        }
        labels = round.settings.get("read", {}).get("labels", {})
        return ModelSaid(labels, self.suggestions.seen_on({id: made for id, made in before.items() if made}))

    def _not_judged(self, file_of: Mapping[str, str]) -> frozenset[str]:
        """Those of these examples, given with their files, whose file was in no answered audit; none without one."""
        names = {int(source.id): source.name for source in self.examples.stored.sources()}
        with database.read(self.place.engine) as connection:
            past = [one for one in rounds.rounds_of(connection, "audit") if rounds.standing_votes(connection, one.id)]
        judged = {names.get(id) for one in past for id in one.settings["sources"]}
        return frozenset(id for id, source in file_of.items() if judged and source not in judged)

    # -- several reviewers: do they agree?

    @needs("curator")
    def start_team(self, rows: int = 60, overlap: int = 2, seed: int = 0) -> Round:
        """Draw rows at random for several people to answer, each row by `overlap` of them.

        Where labels can be judged, a model that never saw them says how likely each label is for each row; that is
        weighed in the consensus later and shown to nobody. Raises NotChecked where there is nothing to look at.
        """
        dataset = self._to_look_at(answered=not self.examples.is_classification())
        order = np.random.default_rng(seed).permutation(len(dataset)).tolist()
        ids = sorted(dataset.values("id"))
        if not ids:
            raise NotChecked("There are no examples yet. Load some first.")
        chosen = [ids[n] for n in order[:rows]]
        names, chances = self._chances(dataset, chosen, [ids[n] for n in order], seed)
        settings = {"seed": seed, "overlap": overlap, "names": names, "chances": chances}
        return self._start("team", settings, [(id, "all", len(ids) / len(chosen)) for id in chosen])

    @needs("viewer")
    def team_next(self, reviewer: str) -> Turn | None:
        """The next row of the newest team round for this reviewer; None without a round."""
        return self._turn(
            "team", reviewer, lambda rows, votes, round: next_in_team(rows, votes, reviewer, round.settings["overlap"])
        )

    @needs("viewer")
    def team_answers(self) -> dict[str, dict[str, str]]:
        """What everybody answered in the newest team round, by example and reviewer; empty without one."""
        with database.read(self.place.engine) as connection:
            round = rounds.newest_round(connection, "team")
            stored = () if round is None else rounds.standing_votes(connection, round.id)
        return votes_by_row([Vote(v.example, v.reviewer, v.value or v.answer) for v in stored if v.answer != "unknown"])

    @needs("viewer")
    def team_result(self) -> TeamResult | None:
        """What the newest team round shows so far; None without one."""
        with database.read(self.place.engine) as connection:
            round = rounds.newest_round(connection, "team")
            if round is None:
                return None
            rows = [row.example for row in rounds.rows_of(connection, round.id)]
            stored = rounds.standing_votes(connection, round.id)
        votes = tuple(Vote(v.example, v.reviewer, v.value or v.answer) for v in stored if v.answer != "unknown")
        chances = {id: line for id, line in zip(rows, round.settings["chances"], strict=True) if line}
        try:
            first = first_answers(votes, round.settings["overlap"])
            agreed, why = agreement(first, round.settings["seed"]), ""
        except NotChecked as reason:
            agreed, why = None, str(reason)
        try:
            together, why_not = consensus(votes, round.settings["names"], chances), ""
        except NotChecked as reason:
            together, why_not = None, str(reason)
        return TeamResult(round, len(rows), votes, agreed, why, together, why_not, next_readers(votes, rows, together))

    # -- both

    @needs("reviewer")
    def vote(
        self,
        round: int,
        example: str,
        reviewer: str,
        answer: VoteAnswer,
        value: str = "",
        seen_version: int | None = None,
    ) -> None:
        """Store what a reviewer answers on a row; their newest answer on it stands. Nobody else sees it.

        `value` is the label that goes with "label", or the right one that goes with "wrong"; `seen_version` the version
        of the example that was on screen, left out the present one. Returns once it is safe.
        Raises UsageError when the row is not in the round or a label is missing.
        """
        if answer == "label" and not value.strip():
            raise UsageError("Choose a label first.")
        with database.write(self.place.engine) as connection:
            rounds.add_vote(connection, round, rounds.NewVote(example, reviewer, answer, value, seen_version), now())

    @needs("reviewer")
    def take_back_vote(self, round: int, reviewer: str) -> str | None:
        """Take back the reviewer's newest standing answer; returns its example, None where there is none."""
        with database.write(self.place.engine) as connection:
            own = rounds.standing_votes(connection, round, reviewer)
            if not own:
                return None
            taken_back = rounds.NewVote(own[-1].example, reviewer, rounds.TAKEN_BACK)
            rounds.add_vote(connection, round, taken_back, now())
            return own[-1].example

    @needs("viewer")
    def work(self) -> list[ReviewerWork]:
        """How each person reviewed, by name: how fast, and how much of it somebody else decided otherwise."""
        with database.consistent(self.place.engine) as connection:
            paces = reviewers.paces(connection, PAUSE)
            looked_at, otherwise = overturned(reviewers.decided_by_several(connection))
        return [
            ReviewerWork(name, rows, timed, seconds, looked_at[name], otherwise[name])
            for name, rows, timed, seconds in paces
        ]

    @needs("viewer")
    def review_runs(self) -> Findings:
        """What audits and team rounds found, as the runs `audit` and `agreement` that the verdict reads."""
        team = self.team_result()
        if team is None or team.agreement is None:
            agreed = not_checked("agreement", team.why_no_agreement if team else "No row was reviewed by two people.")
        else:
            agreed = agreement_findings(team.agreement, team.votes)
        return Findings.join([self._audit_run(), self._holdout_run(), agreed])

    def _holdout_run(self) -> Findings:
        """What the newest audit of scored rows found."""
        result = self.holdout_result()
        if result is None or result.found is None:
            return not_checked("holdout", result.why if result else "Nobody has judged the scored rows yet.")
        return holdout_findings(result.found, result.wrong, sum(result.round.settings["strata"].values()))

    def _audit_run(self) -> Findings:
        """The newest audit with a result that still holds; without one, why the newest has none."""
        with database.read(self.place.engine) as connection:
            drawn = rounds.rounds_of(connection, "audit")
        results = [result for round in drawn if (result := self.audit_result(round))]
        for result in results:
            if result.found and not result.why:
                return audit_findings(result.found, result.wrong)
        return not_checked("audit", results[0].why if results else "Nobody has audited the answers yet.")

    def _pasts(self, ids: Sequence[str]) -> dict[str, Past]:
        """Each example as imported, with its decisions since."""
        with database.read(self.place.engine) as connection:
            made = rounds.decided(connection, ids)
        pasts = {}
        for one in self.examples.stored.get_all(ids):
            own = made.get(one.id, [])
            imported = Texts(one.imported_input, one.imported_output, one.imported_label)
            bulk = frozenset(decision.seq for decision, is_bulk in own if is_bulk)
            pasts[one.id] = Past(imported, [decision for decision, _ in own], bulk)
        return pasts

    def _checked(self, ids: Sequence[str], findings: Findings) -> dict[str, int]:
        """By flagged example, how many of its decisions the checks had seen when they flagged it."""
        at = max(self.place.step("check").at, self.place.step("preview").at)
        columns = (findings.table[name].to_pylist() for name in ("id", "evidence"))
        given = {id: json.loads(text).get("given") for id, text in zip(*columns, strict=True) if '"given"' in text}
        return {id: version_checked(past, at, given.get(id)) for id, past in self._pasts(ids).items()}

    def _start(self, kind: RoundKind, settings: Mapping[str, Any], rows: Sequence[tuple[str, str, float]]) -> Round:
        with database.write(self.place.engine) as connection:
            rounds.add_round(connection, kind, {**settings, "sources": self._active()}, rows, now())
            started = rounds.newest_round(connection, kind)
        assert started is not None
        return started

    def _turn(
        self, kind: RoundKind, reviewer: str, choose: Callable[[Sequence[str], Sequence[Vote], Round], str | None]
    ) -> Turn | None:
        with database.read(self.place.engine) as connection:
            round = rounds.newest_round(connection, kind)
            if round is None:
                return None
            rows = [row.example for row in rounds.rows_of(connection, round.id)]
            stored = rounds.standing_votes(connection, round.id)
        votes = [Vote(v.example, v.reviewer, "" if v.answer == "unknown" else v.value or v.answer) for v in stored]
        done = {v.example for v in votes if kind != "team" or v.reviewer == reviewer}
        next_id = choose(rows, votes, round)
        return Turn(round, self.examples.stored.get(next_id) if next_id else None, len(done), len(rows))

    def _to_look_at(self, answered: bool) -> Dataset:
        """The examples as they stand that have an input (and an answer), each exact repeat once."""
        clusters = self.duplicates.stored.current()
        repeats = _repeats(clusters) if clusters is not None else set()
        dataset = self.examples.curated().dataset
        answers = dataset.values("label" if self.examples.is_classification() else "output")
        rows = zip(dataset.values("id"), dataset.values("input"), answers, strict=True)
        return dataset.where(
            [id not in repeats and bool(text.strip()) and (not answered or bool((answer or "").strip()))
             for id, text, answer in rows]
        )  # fmt: skip

    def _active(self) -> list[int]:
        return [int(source.id) for source in self.examples.stored.sources() if source.active]

    def _chances(
        self, dataset: Dataset, chosen: Sequence[str], order: Sequence[str], seed: int
    ) -> tuple[list[str], list[list[float]]]:
        """The labels, and the chance of each for every chosen row by a model that never saw it; none where untold."""
        # Here, not above: importing cleanlab takes over a second, which every command would wait for.
        from curation.checks.labels.ranking import Settings, judge

        clusters = self.duplicates.stored.current()
        if clusters is None or not self.examples.is_classification():
            return [], [[] for _ in chosen]
        learned_from = set(order[:LEARNED_FROM]) & set(clusters.table["id"].to_pylist())
        rows = dataset.where([id in learned_from for id in dataset.values("id")])
        try:
            judged = judge(rows, clusters, Settings(), seed, ignore)
        except NotChecked:
            return [], [[] for _ in chosen]
        line = {id: [round(float(p), 4) for p in judged.probability[n]] for n, id in enumerate(judged.ids)}
        return judged.names, [line.get(id, []) for id in chosen]


def _repeats(clusters: Clusters) -> set[str]:
    columns = (clusters.table[name].to_pylist() for name in ("id", "keeper", "kind"))
    return {id for id, keeper, kind in zip(*columns, strict=True) if kind == "exact" and keeper != id}


def _seen(vote: StoredVote, past: Past) -> int:
    """The version of the example that the vote was given on; votes from before that was kept are placed by time."""
    if vote.seen_version is not None:
        return vote.seen_version
    return sum(decision.at <= vote.at for decision in past.decisions)


def _answer(stored: str) -> Answer:
    return "right" if stored == "right" else "wrong" if stored in ("wrong", "label") else "unknown"


def _drawn(round: Round, rows: Sequence[RoundRow]) -> Draw:
    """An audit's draw as it was frozen."""
    known = [
        Drawn(row.example, row.stratum, row.position, row.weight, tuple(flags), extra)
        for row, (flags, extra) in zip(rows, round.settings["flags"], strict=True)
    ]
    return Draw(
        tuple(known), round.settings["strata"], round.settings["flagged"], **drawn_from(round.settings.get("read"))
    )


def whole_of(round: Round) -> int:
    """How many rows an audit tells of: those of its strata, and those not read that the read ones stand for."""
    phases = round.settings.get("read", {}).get("phases", ())
    return int(sum(round.settings["strata"].values())) + int(sum(unread for unread, _ in phases))


def _none() -> Findings:
    # not at the top: the first table of a process loads pandas, half a second of every command
    return Findings(FINDINGS_SCHEMA.empty_table())
