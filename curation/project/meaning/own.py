"""Vectors of the user's own, or of an endpoint they name: which a project goes by, and what of it they do not know."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from curation.endpoint.client import Address, Endpoint, embeddings_address
from curation.endpoint.embedding import Asked, ask_all
from curation.endpoint.ledger import Ledger, Prices, check_caps
from curation.errors import EndpointFailed, UsageError
from curation.project.meaning.map import FILE as MAP
from curation.project.meaning.topics import FOLDER
from curation.project.measuring import allowed_endpoints, api_key
from curation.project.place import Place
from curation.project.place.access import needs
from curation.records import Caps
from curation.records.progress import Progress, ignore
from curation.store import database
from curation.store.rows.texts import StoredTexts
from curation.store.settings import read_setting, write_setting
from curation.text.features import LONGEST
from curation.text.private import mask
from curation.text.vectors import Floats, Ints
from curation.text.vectors.asked import AskedVectors
from curation.text.vectors.given import Given, digest, keep, kept, read_vectors

MOST_CALLS = 4
"""Attempts at the vector of a text that somebody looks for."""
SETTING = "vectors"
"""The setting that says which vectors a project goes by; none for the built-in ones."""
NO_TEXT = (
    "The vectors of your own say nothing of a text that is in no row. Look by words, or for rows like one; "
    "`curation vectors --built-in` goes back to vectors that do."
)


@dataclass(frozen=True)
class Taken:
    """What came of giving vectors: rows that have one now, rows without, vectors of rows there are not, and why an
    endpoint was not asked for all ("" where it was)."""

    rows: int
    without: int
    unknown: int
    ended: str = ""


@dataclass(frozen=True)
class Lookup:
    """The vector of each of some texts, zeros for others: what a check is given in place of a model."""

    place: dict[str, int]
    vectors: Floats

    def __call__(self, texts: Sequence[str]) -> Floats:
        rows = np.asarray([self.place.get(text, -1) for text in texts], np.int64)
        made = np.zeros((len(rows), self.vectors.shape[1]), np.float32)
        made[rows >= 0] = self.vectors[rows[rows >= 0]]
        return made


NO_LIMIT = Caps()


@dataclass(frozen=True)
class Source:
    """An endpoint that makes vectors, the model by its name for it, and limits. `send_private` sends personal data and
    keys as they are; else they are masked before."""

    endpoint: str
    model: str
    caps: Caps = NO_LIMIT
    send_private: bool = False
    timeout: float = 60.0


class OwnVectors:
    """The vectors that people made themselves, by row, or had an endpoint of theirs make: nothing goes elsewhere."""

    def __init__(self, place: Place, texts: StoredTexts) -> None:
        self.place, self.texts = place, texts

    @needs("viewer")
    def given(self) -> Given | None:
        """Which vectors of the user's own the project goes by; None where by the built-in ones."""
        with database.read(self.texts.engine) as connection:
            said = read_setting(connection, SETTING)
        return Given(**said) if said else None

    @needs("curator")
    def take(self, path: Path) -> Taken:
        """Go by the vectors of this file from now on; topics and map have to be found again.

        Raises UsageError on a file of another kind or one that holds no row of this project, InputRejected on one that
        cannot be read.
        """
        numbers_of = {id: number for number, id in self.texts.ids().items()}
        ids, vectors = read_vectors(path, [id for id, _ in sorted(numbers_of.items(), key=lambda pair: pair[1])])
        last = {id: n for n, id in enumerate(ids) if id in numbers_of}  # of an id that comes twice the last one
        known = np.asarray(list(last.values()), np.int64)
        if not len(known):
            raise UsageError(
                f"No id in {path.name} is one of this project's. Write the ids that `curation search --json` names."
            )
        numbers = np.asarray([numbers_of[id] for id in last], np.int64)
        there = ~np.isnan(vectors[known, 0])
        order = np.argsort(numbers)
        made = self._kept(path.name, numbers[order], vectors[known][order])
        self._go_by(made)
        return Taken(int(there.sum()), len(numbers_of) - int(there.sum()), len(set(ids) - set(numbers_of)))

    @needs("curator")
    def ask(self, source: Source, numbers: Ints, texts: Sequence[str], progress: Progress = ignore) -> Taken:
        """Go by the vectors that an endpoint makes of these texts of rows; a text it made one of before is not sent.

        Where it ends early, what is there is kept and gone by, and the same call goes on. Raises UsageError on an
        address that may not be asked, EndpointFailed where it made nothing.
        """
        sent = [self._sent(text, source.send_private) for text in texts]
        book = AskedVectors(self._folder, _where(source.endpoint).url, source.model)
        ended = self._ask(source, book, [text for text in sent if text.strip()], progress)
        vectors = book.of(sent)
        rows = int((~np.isnan(vectors[:, 0])).sum()) if vectors.shape[1] else 0
        if not rows:
            raise EndpointFailed(f"{source.endpoint} made no vector: {ended or 'no row has a text'}.")
        made = self._kept(source.model, numbers, vectors)
        self._go_by(replace(made, endpoint=source.endpoint, model=source.model))
        return Taken(rows, len(texts) - rows, 0, ended)

    @needs("viewer")
    def of_text(self, given: Given, text: str) -> Floats:
        """The vector of a text that stands in no row, asked of the endpoint that made the others.

        Raises UsageError where no endpoint made them, or it does not answer.
        """
        if not given.endpoint:
            raise UsageError(NO_TEXT)
        source, sent = Source(given.endpoint, given.model, Caps(calls=MOST_CALLS)), self._sent(text, False)
        book = AskedVectors(self._folder, _where(given.endpoint).url, given.model)
        if ended := self._ask(source, book, [sent] if sent.strip() else [], ignore):
            raise UsageError(f"{given.endpoint} made no vector of the text: {ended}. Look by words meanwhile.")
        vector: Floats = book.of([sent])[0]
        return vector

    def _ask(self, source: Source, book: AskedVectors, texts: list[str], progress: Progress) -> str:
        if not (new := book.unknown(texts)):
            return ""
        check_caps(source.caps)
        with Endpoint(_where(source.endpoint), source.model, api_key(), source.timeout) as endpoint:
            try:
                return ask_all(Asked(endpoint, Ledger(source.caps, Prices()), book.keep), new, progress)
            except ValueError as error:
                return str(error)

    @staticmethod
    def _sent(text: str, send_private: bool) -> str:
        return text[:LONGEST] if send_private else mask(text[:LONGEST])

    def _kept(self, name: str, numbers: Ints, vectors: Floats) -> Given:
        versions = {str(text.number): text.version for text in self.texts.changed()}
        rows = int((~np.isnan(vectors[:, 0])).sum())
        made = Given(name, vectors.shape[1], rows, digest(numbers, vectors), versions)
        keep(self._folder, made.kept_in, numbers, vectors)
        return made

    @needs("curator")
    def leave(self) -> None:
        """Go by the built-in vectors again; topics and map have to be found again."""
        self._go_by(None)

    @needs("viewer")
    def read(self, given: Given) -> tuple[Ints, Floats]:
        """(numbers of rows, rising; their vectors). Raises UsageError where somebody removed them."""
        return kept(self._folder, given)

    @needs("viewer")
    def outdated(self, given: Given) -> Ints:
        """The numbers of rows whose texts people changed after the vectors were given, rising."""
        changed = [text.number for text in self.texts.changed() if given.versions.get(str(text.number)) != text.version]
        return np.asarray(changed, np.int64)

    @property
    def _folder(self) -> Path:
        return self.place.folder / FOLDER

    def _go_by(self, given: Given | None) -> None:
        before = self.given()
        (self._folder / MAP).unlink(missing_ok=True)  # first: a map of other vectors may never be left
        with database.write(self.texts.engine) as connection:
            write_setting(connection, SETTING, asdict(given) if given else None)
        if before is not None and (given is None or before.kept_in != given.kept_in):
            for path in self._folder.glob(f"{before.kept_in}.*"):
                path.unlink()


def _where(url: str) -> Address:
    """The address at which vectors are asked for. Raises UsageError on one that may not be asked."""
    where = embeddings_address(url, has_key=bool(api_key()))
    known = allowed_endpoints()
    if known and where.url not in {embeddings_address(one).url for one in known}:
        raise UsageError("This server only asks endpoints that its administrator has allowed. Choose one of them.")
    return where
