"""The built-in vectors of a project: made once of the texts as imported, kept in files beside the store."""

import numpy as np

from curation.errors import UsageError
from curation.project.meaning.topics import FOLDER
from curation.project.place import Place
from curation.project.place.access import needs
from curation.records import Dataset, Side
from curation.records.progress import Progress, Run, ignore, in_turn
from curation.store.rows.texts import StoredTexts
from curation.text.vectors import MISSING, NOTHING, About, Floats, Ints, VectorFile, extend, has_vectors, text_of
from curation.text.vectors.known import KnownVectors, stored


class BuiltInVectors:
    """Vectors by the numbers of rows, one file a side; imported texts never change, so they are made once."""

    def __init__(self, place: Place, texts: StoredTexts) -> None:
        self.place, self.texts = place, texts

    @needs("viewer")
    def waiting(self, side: Side) -> int:
        """How many rows have no vector yet."""
        about = self.about(side)
        return 0 if about.last == self.texts.last() else self.texts.count() - about.rows

    @needs("viewer")
    def make(self, side: Side, progress: Progress = ignore, engine: Run = in_turn) -> None:
        """Make the vectors that are missing; 100,000 short texts take about eight seconds, once.

        Raises UsageError where the package for it is not installed.
        """
        if not has_vectors():
            raise UsageError(MISSING)
        about = self.about(side)
        if about.last == self.texts.last():
            return
        batches = self.texts.imported(about.last)
        lines = ([(n, id, text_of(input, output, side)) for n, id, input, output in batch] for batch in batches)
        extend(self._file(side), about, lines, self.texts.count(), progress, engine)

    @needs("viewer")
    def about(self, side: Side) -> About:
        """How far the file holds; nothing where its last row is none of this project's."""
        about = self._file(side).about()
        return about if about.rows and self.texts.id_of(about.last) == about.id else NOTHING

    @needs("viewer")
    def read(self, side: Side) -> tuple[Ints, Floats]:
        """(numbers of rows, rising; their vectors, mapped and not read yet)."""
        return self._file(side).read()

    @needs("viewer")
    def of_texts(self, dataset: Dataset, progress: Progress = ignore, engine: Run = in_turn) -> KnownVectors | None:
        """The vectors of the texts of these rows, made where missing: of inputs, and where outputs are no labels of
        outputs too. A text that people changed is in no file: its vector is made when it is asked for. None where the
        package for it is not installed."""
        if not has_vectors():
            return None
        sides: tuple[Side, ...] = ("input",) if dataset.is_classification else ("input", "output")
        changed = {text.number for text in self.texts.changed()}
        ids = {id: number for number, id in self.texts.ids().items() if number not in changed}
        there = [n for n, id in enumerate(dataset.values("id")) if id in ids]
        numbers = np.asarray([ids[id] for id in dataset.values("id") if id in ids], np.int64)
        files = []
        for side in sides:
            self.make(side, progress, engine)
            known, vectors = self.read(side)
            texts = dataset.values(side)
            is_known = np.isin(numbers, known)
            places = np.searchsorted(known, numbers[is_known])
            of = [texts[n] for n, is_one in zip(there, is_known.tolist(), strict=True) if is_one]
            files.append(stored(str(self._file(side).path), len(vectors), places, of))
        return KnownVectors(tuple(files))

    def _file(self, side: Side) -> VectorFile:
        return VectorFile(self.place.folder / FOLDER, side)
