"""A model marks what the arms answered, people mark a part of it blind, and the arms are scored by what both say."""

import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from curation.endpoint.asking import Asking
from curation.endpoint.client import Endpoint
from curation.endpoint.ledger import Ledger, check_caps
from curation.errors import EndpointFailed, NotChecked, UsageError
from curation.measure.judged import ENOUGH, Marks, judged_arm
from curation.model_review.prompt import Writer
from curation.model_review.reading import Review
from curation.model_review.rows import Row
from curation.project.judging.outputs import KIND, Outputs, keep, kept
from curation.project.measuring import JUDGED, CallBook, Measuring, api_key, token_prices
from curation.project.model_review.review import ModelReview
from curation.project.place import now
from curation.project.place.access import needs
from curation.records import Example, ImportedRun, Measurement, MeasureSettings, Reading, ReviewRun
from curation.records.progress import Progress, ignore
from curation.store import database, rounds

PEOPLE = 40
"""Outputs of each arm that people mark, on the same rows: of 200 rows held out the score is then known to 7 to 11
points either way (benchmarks/model_review.py, arms)."""
Mark = Literal["right", "wrong", "unknown"]


@dataclass(frozen=True)
class ToMark:
    """An output to be called right or wrong by a person who sees neither its arm nor the model's mark; `done` of
    `whole` are marked."""

    arm: str
    example: Example
    output: str
    done: int
    whole: int


@dataclass(frozen=True)
class Standing:
    """How far an arm is: its `outputs`, those the model `judge` marked, those people marked of the `wanted`."""

    arm: str
    outputs: int
    judge: str
    marked: int
    people: int
    wanted: int


class Judging:
    """Outputs of arms called right or wrong."""

    def __init__(self, measuring: Measuring, model_review: ModelReview) -> None:
        self.place, self.measuring, self.model_review = measuring.place, measuring, model_review

    @needs("viewer")
    def standing(self) -> list[Standing]:
        """How far each arm is; none before one was asked with the metric `judged`."""
        arms = kept(self.place)
        votes = self._votes(arms)
        return [
            Standing(arm, len(one.texts), one.judge, len(one.marks), len(votes[arm][1]), len(votes[arm][0]))
            for arm, one in arms.items()
        ]

    @needs("curator")
    def ask(
        self, run: ReviewRun, progress: Progress = ignore, sleep: Callable[[float], None] = time.sleep
    ) -> list[Standing]:
        """Let a model mark all outputs kept, and draw the rows whose outputs people mark.

        Raises as `ModelReview.read`, NotChecked where no arm was asked, EndpointFailed where nothing could be marked.
        """
        check_caps(run.caps)
        if not run.model.strip():
            raise UsageError("Name the model that judges, as the endpoint calls it.")
        arms, where = kept(self.place), self.model_review.where(run)
        if not arms:
            raise NotChecked("No arm was asked yet: set the metric to judged in the context, then measure some.")
        context = self.measuring.settings.context()
        ledger, made = Ledger(run.caps, token_prices(context, MeasureSettings())), list[Reading]()
        writer = Writer(self.model_review.rubric(), {}, run.settings.seed, run.settings.reply_tokens, run.send_private)
        with Endpoint(where, run.model, api_key(), run.settings.timeout) as endpoint:
            asking = Asking(endpoint, CallBook(self.place.engine), ledger, progress, sleep)
            review = Review(asking, writer, run.settings.workers, made.extend)
            review.run(review.wanted(self._rows(arms, run.settings.seed), frozenset()))
        if not made:
            raise EndpointFailed(f"No output was marked: {asking.ended or 'no question got a reply'}.")
        self._keep(arms, run, made)
        return self.standing()

    def _rows(self, arms: Mapping[str, Outputs], seed: int) -> list[Row]:
        """All outputs as rows to be read, in an order that tells nothing of whose they are."""
        inputs = self._inputs(arms)
        rows = [
            Row(f"{arm} {id}", inputs[id], text)
            for arm, one in arms.items()
            for id, text in one.texts.items()
            if id in inputs
        ]
        return [rows[n] for n in np.random.default_rng(seed).permutation(len(rows))]

    def _inputs(self, arms: Mapping[str, Outputs]) -> dict[str, str]:
        ids = sorted({id for one in arms.values() for id in one.texts})
        return {one.id: one.input for one in self.measuring.examples.stored.get_all(ids)}

    def _keep(self, arms: Mapping[str, Outputs], run: ReviewRun, made: Sequence[Reading]) -> None:
        """Store the marks; people mark the same rows of all arms, drawn once."""
        marks: dict[str, dict[str, bool]] = {arm: {} for arm in arms}
        for reading in made:
            arm, _, id = reading.example.rpartition(" ")
            marks[arm][id] = reading.answer == "right"
        shared = sorted(set.intersection(*(set(found) for found in marks.values())))
        order = np.random.default_rng(run.settings.seed).permutation(len(shared))[:PEOPLE]
        drawn = [(shared[n], "all", len(shared) / max(1, len(order))) for n in order]
        done = {arm: replace(one, judge=run.model, marks=marks[arm]) for arm, one in arms.items()}
        for arm, one in done.items():
            if not one.round:
                with database.write(self.place.engine) as connection:
                    number = rounds.add_round(connection, KIND, {"arm": arm}, drawn, now())
                done[arm] = replace(one, round=number)
        keep(self.place, done)

    @needs("viewer")
    def next(self) -> ToMark | None:
        """The next output that nobody has marked; None where none waits."""
        arms = kept(self.place)
        votes = self._votes(arms)
        waiting = [
            (position, _place(arm, id), arm, id)
            for arm, (ids, marked) in votes.items()
            for position, id in enumerate(ids)
            if id not in marked
        ]
        whole = sum(len(ids) for ids, _ in votes.values())
        for _, _, arm, id in sorted(waiting):
            example = self.measuring.examples.stored.get(id)
            if example is not None:
                return ToMark(arm, example, arms[arm].texts[id], whole - len(waiting), whole)
        return None

    @needs("reviewer")
    def mark(self, arm: str, example: str, reviewer: str, mark: Mark) -> None:
        """Store what a person says of an output. Raises UsageError where it is not among those to be marked."""
        one = kept(self.place).get(arm)
        if one is None or not one.round:
            raise UsageError("This output does not wait for a mark any more. Reload the page.")
        with database.write(self.place.engine) as connection:
            rounds.add_vote(connection, one.round, rounds.NewVote(example, reviewer, mark), now())

    @needs("curator")
    def score(self) -> Measurement:
        """Score the arms and compare them by what the model and people say; arms with too few marks stay unmeasured.

        Raises NotChecked before people have marked ENOUGH outputs of one.
        """
        outputs = kept(self.place)
        votes = self._votes(outputs)
        people = {arm: {id: said == "right" for id, said in marked.items() if said != "unknown"}
                  for arm, (_, marked) in votes.items()}  # fmt: skip
        if not any(len(marked) >= ENOUGH for marked in people.values()):
            most = max(map(len, people.values()), default=0)
            raise NotChecked(f"People have marked {most} outputs of an arm; {ENOUGH} tell how far the model is right.")
        arms = [
            replace(judged_arm(arm, Marks(one.marks, people.get(arm, {})), one.origin), judge=one.judge)
            for arm, one in outputs.items()
            if one.marks
        ]
        run = ImportedRun(imported="the arms asked here", metric=JUDGED, rows=sum(arm.n for arm in arms), unknown=0,
                          repeated=0)  # fmt: skip
        return self.measuring.save_judged(arms, run)

    def _votes(self, arms: Mapping[str, Outputs]) -> dict[str, tuple[list[str], dict[str, str]]]:
        """By arm the rows whose outputs people mark, in order, and what the first of them said of each."""
        found = {}
        with database.read(self.place.engine) as connection:
            for arm, one in arms.items():
                ids = [row.example for row in rounds.rows_of(connection, one.round)] if one.round else []
                marked: dict[str, str] = {}
                for vote in rounds.standing_votes(connection, one.round) if one.round else ():
                    marked.setdefault(vote.example, vote.answer)
                found[arm] = ids, marked
        return found


def _place(arm: str, id: str) -> str:
    """Puts the arms of a row in an order that tells nothing."""
    return hashlib.blake2b(f"{arm} {id}".encode(), digest_size=8).hexdigest()
