"""class Project: one set of examples with everything found and decided about it; its parts are named like the pages."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from curation.errors import NoProject
from curation.files import projects_folder, temporary_folder
from curation.project.decisions import Decisions
from curation.project.decisions import sweep as sweep_bulk
from curation.project.duplicates import Duplicates
from curation.project.examples import Examples
from curation.project.exports import Exports
from curation.project.findings import Checks
from curation.project.jobs import Jobs
from curation.project.judging.judging import Judging
from curation.project.meaning import Meaning
from curation.project.meaning.topics import FOLDER, Topics
from curation.project.measuring import Measuring
from curation.project.members import Members
from curation.project.model_review.calibration import Calibration
from curation.project.model_review.readings import Readings
from curation.project.model_review.review import ModelReview
from curation.project.place import Place, Settings, heads, imports, stores
from curation.project.place.access import TOKEN_VARIABLE, guarded, require
from curation.project.reader import Reader
from curation.project.rounds import Rounds
from curation.project.rows import Rows
from curation.project.rows.labels import Labels
from curation.project.verdict import Verdicts
from curation.records import Actor
from curation.store import database, members
from curation.store.findings import StoredFindings
from curation.store.rows.texts import StoredTexts


class Project:
    """A project in a folder, with its parts. Only here are they made and handed to each other.

    `with Project("tickets") as project:` opens it and lets go of its database at the end.
    """

    def __init__(
        self,
        folder: str | Path,
        create: bool = False,
        actor: Actor | None = None,
        name: str = "",
        store: str | None = None,
    ) -> None:
        """As `open`."""
        place = _opened(Path(folder), create, actor, name, store)
        self.place, self.folder, self.name = place, place.folder, place.name
        require(place, "viewer")
        found = guarded(place, StoredFindings(place.engine))
        self.settings = Settings(place)
        self.examples = Examples(place, self.settings)
        self.duplicates = Duplicates(place, self.examples)
        self.rounds = Rounds(self.examples, self.duplicates, found, Readings(self.examples))
        self.measuring = Measuring(self.settings, self.examples, self.duplicates, found)
        calibration = Calibration(self.rounds, found)
        reader = Reader(self.settings, self.examples, self.duplicates, self.measuring, calibration)
        topics = Topics(place, place.folder / FOLDER, guarded(place, StoredTexts(place.engine)))
        self.findings = Checks(reader, found, topics)
        self.model_review = ModelReview(self.findings)
        self.judging = Judging(self.measuring, self.model_review)
        self.verdict = Verdicts(reader, self.findings)
        self.decisions = Decisions(place, self.examples, self.rounds)
        self.rows = Rows(self.examples, found)
        self.meaning = Meaning(self.examples, self.rows, topics)
        self.labels = Labels(self.decisions)
        self.exports = Exports(self.verdict, self.meaning)
        self.jobs = Jobs(place)
        self.members = Members(place)

    @classmethod
    def open(
        cls,
        folder: str | Path,
        create: bool = False,
        actor: Actor | None = None,
        name: str = "",
        store: str | None = None,
    ) -> "Project":
        """The project in `folder`, opened by `actor` (left out, the member of the token in CURATION_TOKEN, else whoever
        works at this computer). It is called `name`, left out as its folder is. `store` is the PostgreSQL server a new
        project's database is made on and one that is there is reached by, postgresql+psycopg://USER@HOST/DATABASE; left
        out, what CURATION_STORE says; "" a file in the folder.

        Raises UsageError when there is none and `create` is not set, NotAllowed where it is not for this person.
        """
        return cls(folder, create, actor, name, store)

    @classmethod
    @contextmanager
    def temporary(cls, files: Sequence[str | Path]) -> Iterator["Project"]:
        """A project that is gone when the block ends, named after the files it is for: what file mode works in."""
        name = ", ".join(Path(file).name for file in files)
        with (
            temporary_folder() as folder,
            cls.open(folder, create=True, name=name, store="") as project,
        ):
            yield project

    def close(self) -> None:
        """Let go of the database."""
        database.close(self.place.engine)

    def __repr__(self) -> str:
        return f"Project({self.name!r}: {self.examples.stored.totals()['stored']:,} examples in {self.folder})"

    def __enter__(self) -> "Project":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _opened(folder: Path, create: bool, actor: Actor | None, name: str, store: str | None) -> Place:
    if not stores.is_project(folder):
        if not create:
            raise _missing(folder)
        folder.mkdir(parents=True, exist_ok=True)
    engine = stores.opened(folder, create, store)
    imports.sweep(engine, imports.AT_OPEN)
    sweep_bulk(engine)
    if path := heads.head_file():
        database.keep_heads(engine, lambda head: heads.keep(path, folder, head))
    return Place(folder, engine, actor or _named(engine), name or folder.name)


def _missing(folder: Path) -> NoProject:
    of_app = projects_folder() / folder
    # one word alone, so no path to somewhere else
    if len(folder.parts) == 1 and folder.name and stores.is_project(of_app):
        said = f"There is no project in {folder} here. The app has one of that name, in {of_app}: name that folder."
        return NoProject(said, str(folder), str(of_app))
    return NoProject(
        f"There is no project in {folder}. Load a file into it first: curation load FILE --project {folder} "
        f"(in Python: curation.Project(folder, create=True))",
        str(folder),
    )


def _named(engine: database.Engine) -> Actor:
    """Whom the token of this process belongs to; whoever works at this computer where it is nobody's."""
    token = os.environ.get(TOKEN_VARIABLE, "")
    with database.read(engine) as connection:
        name = members.of_token(connection, token) if token else ""
    return Actor(name) if name else Actor.local()
