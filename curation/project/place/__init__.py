"""Where a project lives: its folder, its database, who opened it, what it holds at one moment, what was settled."""

import hashlib
import shutil
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

from curation import readiness
from curation.files import replace_file, write_text
from curation.project.place import heads
from curation.project.place.access import needs
from curation.readiness import Policy
from curation.readiness.policy import load_policy
from curation.records import Actor, Snapshot, Step, Threshold, Verification
from curation.records.context import Context, parse_context, read_context, write_context
from curation.store import database, events, members, results
from curation.store.rows import loaded
from curation.store.settings import read_setting, write_setting
from curation.text.tokens import ESTIMATE, Counter
from curation.text.tokens.tokenizer import Tokenizer

CONTEXT = "context.toml"
POLICY = "policy.toml"
EVALUATION = "evaluation.parquet"
KNOWLEDGE = "knowledge.txt"
TOKENIZER = "tokenizer.json"
READ_FILES = {
    "context": CONTEXT,
    "policy": POLICY,
    "evaluation": EVALUATION,
    "knowledge": KNOWLEDGE,
    "tokenizer": TOKENIZER,
}
"""The files in a project's folder that results rest on, by the field of a snapshot."""
T = TypeVar("T")


def now() -> str:
    """The time as UTC text, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def today() -> str:
    """The day as UTC text."""
    return now()[:10]


@dataclass(frozen=True)
class Place:
    """A project's folder and opened database; `name` is what people call it, `actor` who works in it.

    `opened` is another text for every opening: a project made anew in a folder never meets what was cached of an
    earlier one there.
    """

    folder: Path
    engine: database.Engine
    actor: Actor
    name: str
    opened: str = field(default_factory=lambda: uuid4().hex)

    @needs("viewer")
    def version(self) -> int:
        """A number that changes whenever anything stored does: the key of every cache."""
        with database.read(self.engine) as connection:
            return database.version(connection)

    @needs("viewer")
    def step(self, kind: str) -> Step:
        """How things stand with "dedup", "check" or "verdict"."""
        return self.steps(kind)[0]

    @needs("viewer")
    def steps(self, *kinds: str) -> list[Step]:
        """How things stand with each of these, at one moment."""
        with database.consistent(self.engine) as connection:
            current = self.snapshot()
            return [_step(results.result_row(connection, kind), kind, current) for kind in kinds]

    @needs("viewer")
    def snapshot(self) -> Snapshot:
        """What a result worked out from now on rests on."""
        digests = {field: _file_digest(self.folder / name) for field, name in READ_FILES.items()}
        digests["policy"] = f"{_built_in_policy()}{digests['policy']}"
        with database.read(self.engine) as connection:
            return results.take_snapshot(connection, digests, now())

    @needs("viewer")
    def as_of(self, read: Callable[[Snapshot], T]) -> T:
        """What `read` makes of one snapshot: the store stands still for it, and it reads again if a file changed."""
        with database.consistent(self.engine):
            while True:
                before = self.snapshot()
                value = read(before)
                if self.snapshot() == before:
                    return value

    @needs("viewer")
    def verify(self) -> Verification:
        """Whether everything people did here, the texts and the members are as they were stored, and the end as it is
        kept outside; else what is not."""
        path = heads.head_file()
        with database.consistent(self.engine) as connection:
            found = events.verify(connection, heads.kept(path, self.folder) if path else None)
            fault = found.fault or loaded.misfit(connection) or members.misfit(connection)
            return replace(found, fault=fault)

    @needs("viewer")
    def head(self) -> str:
        """The number and hash of the last thing that was done here, "" where nothing was: for keeping elsewhere."""
        with database.read(self.engine) as connection:
            end = events.read_head(connection)
        return f"{end.seq} {end.hash}" if end.count else ""

    @needs("viewer")
    def newest_fault(self) -> str:
        """What is wrong with the newest of it, "" where nothing: a look that takes a hundredth of a second."""
        path = heads.head_file()
        with database.read(self.engine) as connection:
            fault = events.end_misfit(connection, heads.kept(path, self.folder) if path else None)
        return Verification(0, 0, 0, fault).lines()[0] if fault else ""

    @needs("viewer")
    def activity(self, most: int = 200) -> list[tuple[str, str, str, int]]:
        """(day, who, kind of event, how many of it), the newest day first; a bulk act counts as one."""
        with database.read(self.engine) as connection:
            return events.by_day(connection, most)


def _step(row: Any, kind: str, current: Snapshot) -> Step:
    if row is None:
        return Step(False, False, "")
    of = results.snapshot_in(row)
    return Step(True, of is None or bool(of.changed(current, kind)), row.at)


@lru_cache(maxsize=1)
def _built_in_policy() -> str:
    return load_policy().digest


def _file_digest(path: Path) -> str:
    try:
        found = path.stat()
    except FileNotFoundError:
        return ""
    return _digest(path, found.st_ino, found.st_mtime_ns, found.st_size)


@lru_cache(maxsize=64)
def _digest(path: Path, inode: int, changed: int, size: int) -> str:
    # Pages ask on every draw, and an evaluation set may hold hundreds of megabytes.
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class Settings:
    """`context.toml` and `policy.toml` in the project's folder, and the settings of the checks in its store."""

    def __init__(self, place: Place) -> None:
        self.place = place

    @needs("viewer")
    def context(self) -> Context:
        """What people told us about the task: `context.toml` in the project's folder."""
        path = self.place.folder / CONTEXT
        return read_context(path, stored=True) if path.exists() else Context()

    @needs("curator")
    def save_context(self, context: Context) -> None:
        """Write `context.toml`, whole or not at all."""
        write_text(self.place.folder / CONTEXT, write_context(context))

    @needs("curator")
    def keep_context(self, new: Context) -> Path | None:
        """Where the context that `new` is about to replace is kept; None where there is none, or the same."""
        path = self.place.folder / CONTEXT
        if not path.exists() or self.context() in (Context(), new):
            return None
        kept = path.with_name(f"{CONTEXT}.before")
        write_text(kept, path.read_text("utf-8"))
        return kept

    @staticmethod
    def parse_context(text: str) -> Context:
        """The context a TOML text describes."""
        return parse_context(text, CONTEXT)

    @staticmethod
    def written(context: Context) -> str:
        """A context as the TOML text it is kept as."""
        return write_context(context)

    @needs("viewer")
    def policy(self) -> Policy:
        """The thresholds in force: the built-in ones, and over them `policy.toml` in the project's folder."""
        path = self.place.folder / POLICY
        return readiness.stored_policy(path)[0] if path.exists() else readiness.load_policy()

    @needs("viewer")
    def gone_thresholds(self) -> tuple[str, ...]:
        """Thresholds that an earlier version set in this project and that there are none of any more: not in force."""
        path = self.place.folder / POLICY
        return readiness.stored_policy(path)[1] if path.exists() else ()

    @needs("viewer")
    def thresholds(self) -> tuple[Threshold, ...]:
        """Every threshold in force beside the built-in one."""
        return readiness.thresholds(self.policy(), readiness.load_policy())

    @needs("admin")
    def save_thresholds(self, values: Mapping[str, float | None]) -> None:
        """Write `policy.toml` with what differs from the built-in thresholds; names are those of `thresholds()`.

        Raises UsageError on a value out of range, and then nothing is written.
        """
        text = readiness.policy_text(values, readiness.load_policy())
        readiness.parse_policy(text, POLICY)
        write_text(self.place.folder / POLICY, text)

    @needs("viewer")
    def checks(self) -> dict[str, dict[str, Any]]:
        """The settings of checks that are not the built-in ones, by check and name."""
        with database.read(self.place.engine) as connection:
            return dict(read_setting(connection, "checks") or {})

    @needs("curator")
    def save_checks(self, values: Mapping[str, Mapping[str, Any]]) -> None:
        """Store these in place of those before; without any, all checks have their built-in settings again."""
        with database.write(self.place.engine) as connection:
            write_setting(connection, "checks", values or None)

    @needs("viewer")
    def label_keys(self, extended: Callable[[list[str]], list[str]]) -> list[str]:
        """The labels in the order of their keys, the same for everybody; `extended` adds new ones to those kept."""
        with database.read(self.place.engine) as connection:
            kept: list[str] = read_setting(connection, "label_keys") or []
        if extended(kept) == kept:
            return kept
        with database.write(self.place.engine) as connection:
            keys = extended(read_setting(connection, "label_keys") or [])
            write_setting(connection, "label_keys", keys)
        return keys

    @needs("curator")
    def keep_tokenizer(self, path: Path) -> None:
        """Count tokens with this tokenizer.json from now on. Raises as `text.tokens.tokenizer.Tokenizer` does."""
        Tokenizer(path).close()
        replace_file(self.place.folder / TOKENIZER, lambda copy: shutil.copyfile(path, copy))

    @needs("curator")
    def drop_tokenizer(self) -> None:
        """Estimate tokens from now on."""
        (self.place.folder / TOKENIZER).unlink(missing_ok=True)

    @needs("viewer")
    def tokenizer(self) -> str:
        """SHA-256 of the tokenizer that counts tokens, "" where they are estimated."""
        return _file_digest(self.place.folder / TOKENIZER)

    @needs("viewer")
    def counter(self) -> AbstractContextManager[Counter]:
        """What counts the tokens of this project: its tokenizer, else the estimate."""
        path = self.place.folder / TOKENIZER
        return self.counter_of(path if path.exists() else None)

    @staticmethod
    def counter_of(tokenizer: Path | None) -> AbstractContextManager[Counter]:
        """What counts tokens with a tokenizer.json, the estimate where there is none."""
        return Tokenizer(tokenizer) if tokenizer else nullcontext(ESTIMATE)

    @needs("admin")
    def reset_policy(self) -> None:
        """Go back to the built-in thresholds."""
        (self.place.folder / POLICY).unlink(missing_ok=True)
