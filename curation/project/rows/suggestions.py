"""Labels suggested for rows that have none, from those given so far: by a process beside the pages, now and then."""

from collections.abc import Sequence

from curation.errors import NotChecked
from curation.label_model.suggestions import Suggested, suggested
from curation.project.examples import Examples
from curation.project.place import now
from curation.project.place.access import needs
from curation.records import Guess, Hits
from curation.records.progress import Progress, ignore, part
from curation.review.suggestions import hits, is_blind
from curation.store import database, results
from curation.store.rows import suggestions

FEWEST = 30
"""Labels given from which some are suggested: of fewer a model mostly learns which label is commonest."""
GROWTH = 1.25
"""How many times as many labels make it worth learning anew."""
MOST_ROWS = 100_000
"""Rows that are read of either kind, the first of the set: about a minute, and .5 GB."""
KIND = "suggestions"


class Suggestions:
    """The likeliest labels of rows that have none."""

    def __init__(self, examples: Examples) -> None:
        self.place, self.examples = examples.place, examples

    @needs("viewer")
    def learned_from(self) -> int:
        """How many labels the present suggestions were learned from, 0 where there are none."""
        with database.read(self.place.engine) as connection:
            return int((results.read_result(connection, KIND) or {}).get("labels", 0))

    @needs("viewer")
    def beyond_reach(self) -> int:
        """How many rows without a label no model suggests one for, because they stand behind the first MOST_ROWS."""
        return max(0, self.examples.stored.totals()["unlabelled"] - MOST_ROWS) if self.learned_from() else 0

    @needs("viewer")
    def version(self) -> str:
        """Another text each time a model has learned anew; "" before the first time."""
        with database.read(self.place.engine) as connection:
            return str((results.read_result(connection, KIND) or {}).get("at", ""))

    @needs("viewer")
    def hits(self) -> Hits:
        """How often the label suggested first is the one the row has, tried on rows of the set labelled without it."""
        with database.read(self.place.engine) as connection:
            body = results.read_result(connection, KIND) or {}
        return hits("", int(body.get("right", 0)), int(body.get("tried", 0)))

    @needs("viewer")
    def is_due(self) -> bool:
        """Whether enough labels are new, in two classes or more, and rows without one are left."""
        totals = self.examples.stored.totals()
        given = totals["stored"] - totals["unlabelled"]
        if given < FEWEST or not totals["unlabelled"] or given < GROWTH * self.learned_from():
            return False
        return len(self.examples.stored.label_counts()) > 1 and self.examples.is_classification()

    @needs("reviewer")
    def learn(self, seed: int = 0, progress: Progress = ignore) -> int:
        """Suggest labels anew, in place of those before; returns for how many rows: none where they cannot be told."""
        with database.read(self.place.engine) as connection:
            given, bare = suggestions.texts(connection, MOST_ROWS)
            fair = _fair(connection, [id for id, _, _ in given])
        texts = [(text, label) for _, text, label in given]
        try:
            learned = suggested(texts, [text for _, text in bare], seed, part(progress, 0.0, 0.9), fair)
        except NotChecked:  # stored as well, so that it is tried again only once there are more labels
            bare, learned = [], Suggested([])
        guesses = [tuple(Guess(*each) for each in likeliest) for likeliest in learned.guesses]
        known = {"labels": len(given), "rows": len(bare), "right": learned.right, "tried": learned.tried, "at": now()}
        with database.write(self.place.engine) as connection:
            suggestions.replace(connection, list(zip([number for number, _ in bare], guesses, strict=True)))
            results.save_result(connection, KIND, known, now())
        return len(bare)

    @needs("viewer")
    def of(self, ids: Sequence[str]) -> dict[str, list[Guess]]:
        """The guesses to be shown for these examples, likeliest first; none for those without, and for the tenth that
        is labelled without so that how often they are right can be measured."""
        with database.read(self.place.engine) as connection:
            return suggestions.of_examples(connection, [id for id in ids if not is_blind(id)])


def _fair(connection: database.Connection, ids: Sequence[str]) -> list[int]:
    """The places, among these examples, of those whose label nobody gave with a suggestion on screen: it came with the
    file, was given before there were any, or the row is one of the tenth that is labelled without."""
    given, since = suggestions.labelled_at(connection), suggestions.first_learned(connection, KIND)

    def is_fair(id: str) -> bool:
        at, in_bulk = given.get(id, ("", False))
        return not in_bulk and (not at or since is None or at < since or is_blind(id))

    return [n for n, id in enumerate(ids) if is_fair(id)]
