"""How far the model that read the rows may be believed: what people's blind answers say of it, and what follows."""

from curation.project.model_review.named import NamedLabels
from curation.project.place.access import needs
from curation.project.rounds import AuditResult, Rounds
from curation.project.rows.suggestions import Suggestions as Learned
from curation.records import Hits, Interval, ModelReport, Precision, ReviewedRun, Vote
from curation.review.audit.draw import STRATA, suspicion_strata
from curation.review.audit.quality import people_agree
from curation.review.audit.readings import stratum_of
from curation.review.audit.trust import measured
from curation.sampling.intervals import wilson
from curation.store import database, rounds
from curation.store.findings import StoredFindings
from curation.store.rows import readings


class Calibration:
    """The model of the newest review held against people."""

    def __init__(self, rounds: Rounds, findings: StoredFindings) -> None:
        self.rounds, self.findings = rounds, findings
        self.place, self.readings, self.suggestions = rounds.place, rounds.readings, rounds.suggestions
        self.named, self.learned = NamedLabels(self.readings, self.suggestions), Learned(rounds.examples)

    @needs("viewer")
    def report(self) -> ModelReport | None:
        """All that is known of the model; None before one has read rows. Reads no text: pages ask on every vote."""
        last = self.readings.last()
        if last is None:
            return None
        audit = self._audit(last)
        return ModelReport(
            model=last.model,
            read=last.read,
            answers=dict(last.answers),
            quality=audit.found.model if audit and audit.found else None,
            steady=self._steady(last),
            people=self._people(),
            pulls=self.suggestions.pulls(),
            named=last.named,
            hits=self._hits(),
        )

    def _hits(self) -> tuple[Hits, ...]:
        """How often labels suggested for rows without one are right: the model's, and the classifier's beside it."""
        own = self.named.hits()
        return () if own is None else (own, *(one for one in [self.learned.hits()] if one.rows))

    @needs("viewer")
    def precision(self) -> dict[str, Precision | None]:
        """How often rows like each row the model calls wrong or is unsure of are wrong, by example id.

        Also that of the labels it names, see `review.audit.trust.measured`; nothing before people have judged any.
        """
        last = self.readings.last()
        audit = self._audit(last) if last else None
        if last is None or audit is None or audit.found is None or audit.found.model is None:
            return {}
        said = {one.example: one.answer for one in self.readings.current() if not one.again}
        asked = [id for id, answer in said.items() if answer in ("wrong", "unsure")]
        suspicion = suspicion_strata(asked, self.findings.current())
        new = self._of_other_files(asked, audit)
        known = audit.round.settings["strata"]
        # the groups of suspicion are names of STRATA, which the type of a text does not say
        strata = {
            id: stratum_of(said[id], STRATA[suspicion[id]] >= STRATA["likely"], id in new, known)  # type: ignore[index]
            for id in asked
        }
        return measured(audit.found.model, strata)

    def _audit(self, last: ReviewedRun) -> AuditResult | None:
        """The newest audit drawn by this model's readings that has an answer to tell of it."""
        with database.read(self.place.engine) as connection:
            drawn = rounds.rounds_of(connection, "audit")
        for round in drawn:
            read = round.settings.get("read", {})
            if (read.get("model"), read.get("rubric")) == (last.model, last.rubric):
                result = self.rounds.audit_result(round)
                if result and result.found:
                    return result
        return None

    def _of_other_files(self, ids: list[str], audit: AuditResult) -> frozenset[str]:
        """Those of files that were not in the set when the audit was drawn."""
        sources = self.rounds.examples.stored.sources()
        judged = {source.name for source in sources if int(source.id) in audit.round.settings["sources"]}
        return frozenset(one.id for one in self.rounds.examples.stored.get_all(ids) if one.source not in judged)

    def _steady(self, last: ReviewedRun) -> tuple[Interval, int] | None:
        """How often a second reading of a row says what the first said."""
        with database.read(self.place.engine) as connection:
            twice = readings.read_twice(connection, last.model, last.rubric)
        alike = sum(first == second for first, second in twice)
        return (wilson(alike, len(twice)), len(twice)) if twice else None

    def _people(self) -> tuple[Interval, int] | None:
        """How often two people of the newest team round say the same of whether an answer is right."""
        answers = self.rounds.team_answers()
        votes = [Vote(id, name, said) for id, own in answers.items() for name, said in own.items()]
        labels = {one.id: one.label for one in self.rounds.examples.stored.get_all(list(answers))}
        return people_agree(votes, labels)
