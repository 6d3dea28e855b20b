"""Labels that a model named for rows without one, and how often such labels turned out right here."""

from collections.abc import Sequence

from curation.project.model_review.readings import Readings
from curation.project.model_review.suggestions import Suggestions
from curation.project.place.access import needs
from curation.records import Hits
from curation.review.suggestions import hits
from curation.store import database
from curation.store.rows import readings


class NamedLabels:
    """Labels of the newest review's model. They are seen as what it says of other rows is: see `Suggestions`."""

    def __init__(self, readings: Readings, suggestions: Suggestions) -> None:
        self.place, self.readings, self.suggestions = readings.place, readings, suggestions

    @needs("viewer")
    def of(self, ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """The labels it named, likeliest first, for those of these examples on which they may be seen."""
        last = self.readings.last()
        if last is None or not last.named or self.suggestions.setting() != "shown":
            return {}
        seen = [id for id in ids if self.suggestions.is_shown(id)]
        with database.read(self.place.engine) as connection:
            return readings.named(connection, seen, last.model, last.rubric)

    @needs("viewer")
    def hits(self) -> Hits | None:
        """How often the label it names first is the one people give who do not see it; None where it named none."""
        last = self.readings.last()
        if last is None or not last.named:
            return None
        with database.read(self.place.engine) as connection:
            given = readings.labelled_since(connection, last.model, last.rubric)
        blind = [(first, label) for id, first, label, at in given if not self.suggestions.was_seen(id, at)]
        return hits(last.model, sum(first == label for first, label in blind), len(blind))
