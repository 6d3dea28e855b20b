"""class Clustering: near-duplicates found, shown, merged and decided about, one cluster or all of them."""

import json
import uuid
from dataclasses import asdict
from pathlib import Path

from curation import dedup, load
from curation.dedup import Settings as DedupSettings
from curation.errors import StaleDecision, UsageError
from curation.load import Spooled
from curation.progress import Progress, ignore, part
from curation.project.examples import Desk, now
from curation.records import Action, Clusters, Columns, Decision
from curation.review.state import repeats, state_of
from curation.store import by_hand, database, decisions, results
from curation.store import clusters as cluster_pages
from curation.store.clusters import (
    Bulk,
    ClusterFilter,
    ClusterPage,
    Member,
    Position,
    Touched,
)
from curation.store.pages import Example
from curation.store.settings import read_setting, write_setting
from curation.text.differences import differences

ACTIONS: dict[Bulk, Action] = {"leave_out": "reject", "keep": "keep", "accept": "accept"}


class Clustering(Desk):
    """What a project knows about near-duplicates, and what can be decided about them."""

    def dedup(self, settings: DedupSettings | None = None, progress: Progress = ignore) -> Clusters:
        """Find near-duplicate clusters among the examples as decided so far, and store them."""
        clusters = dedup.dedup(self.curated().dataset, settings or self.dedup_settings(), progress)
        with database.write(self.engine) as connection:
            results.save_clusters(connection, clusters, now())
        return clusters

    @staticmethod
    def dedup_file(
        path: Path, columns: Columns | None, out: Path, settings: DedupSettings, progress: Progress = ignore
    ) -> tuple[Spooled, dict[str, int]]:
        """Write the clusters of a file to `out`; returns how the file was read and the rows by kind.

        Nothing is stored and the rows never lie in memory as a whole: ten million take less than 4 GB.
        """
        with load.spooled(path, columns, part(progress, 0.0, 0.4)) as spooled:
            kinds = dedup.dedup_file(spooled.examples, out, settings, part(progress, 0.4, 1.0))["kinds"]
        return spooled, {kind: n for kind, n in kinds.items() if n}

    def dedup_settings(self) -> DedupSettings:
        """How near-duplicates are found in this project."""
        with database.read(self.engine) as connection:
            return DedupSettings(**(read_setting(connection, "dedup") or {}))

    def save_dedup_settings(self, settings: DedupSettings) -> None:
        """Find near-duplicates in another way from now on."""
        with database.write(self.engine) as connection:
            write_setting(connection, "dedup", asdict(settings))

    @staticmethod
    def differences(left: str, right: str) -> tuple[list[tuple[bool, str]], list[tuple[bool, str]]]:
        """Both texts as (changed, text) spans."""
        spans = differences(left, right)
        return [(op != "same", text) for op, text in spans[0]], [(op != "same", text) for op, text in spans[1]]

    @staticmethod
    def guards(left: str, right: str) -> set[str]:
        """In what two texts differ that no removal may overlook: number, date, name, negation."""
        return set(dedup.guarded(left, right))

    # -- pages

    def cluster_page(self, filter: ClusterFilter, after: Position | None, limit: int) -> ClusterPage:
        """The next clusters in the filter's order."""
        with database.read(self.engine) as connection:
            return cluster_pages.cluster_page(connection, filter, after, limit)

    def members(self, cluster: int, limit: int) -> list[Member]:
        """The keeper and the other members of a cluster."""
        with database.read(self.engine) as connection:
            return cluster_pages.members(connection, cluster, limit)

    # -- decide

    def touched(self, filter: ClusterFilter, bulk: Bulk) -> Touched:
        """How many rows a decision about all clusters of the filter touches, and what it leaves alone."""
        with database.read(self.engine) as connection:
            return cluster_pages.touched(connection, filter, bulk)

    def cluster_changes(self, filter: ClusterFilter, bulk: Bulk) -> list[tuple[str, Action, str]]:
        """That decision as (example, action, value) for `decide_all`; a row left out names its keeper."""
        with database.read(self.engine) as connection:
            rows = cluster_pages.touched_rows(connection, filter, bulk)
        action = ACTIONS[bulk]
        return [(id, action, repeats(keeper, s) if action == "reject" else "") for id, keeper, s in rows]

    def merge(
        self, keeper: Example, other: Member, input: str, output: str, label: str | None, reviewer: str = ""
    ) -> str:
        """Make one example of two: the keeper gets these texts, the other is left out; returns the stroke's batch.

        Both are stored together and taken back together by `undo_stroke`. Raises StaleDecision when somebody decided
        either of them since they were read, UsageError when there is no text left.
        """
        new = {"input": input, "output": output} | ({"label": label} if label is not None else {})
        if not input.strip():
            raise UsageError("The merged example has no input. Write one, or keep both.")
        changed = {side: text for side, text in new.items() if text != getattr(keeper, side)}
        made: list[tuple[Example, Action, str]] = [
            (other.example, "reject", repeats(keeper.id, other.similarity)),
            (keeper, *_kept(changed)),
        ]
        at, batch, reason = now(), uuid.uuid4().hex[:12], f"merged into {keeper.id}"
        told = [Decision(example.id, action, value, reviewer, at, 0, reason) for example, action, value in made]
        with database.write(self.engine) as connection:
            for example in (keeper, other.example):
                if len(decisions.of_example(connection, example.id)) != example.version:
                    raise StaleDecision("Somebody else has just decided one of the two. Nothing was changed.")
            decisions.append_all(connection, told, state_of, batch, only_undecided=False)
        return batch

    @staticmethod
    def left_out_for(member: Member) -> str:
        """The value of the decision to leave a row out as a repeat of its keeper: the export names that one then."""
        return repeats(member.keeper, member.similarity)

    def decided_at(self, batch: str) -> str:
        """When a stroke was made, as UTC text."""
        with database.read(self.engine) as connection:
            return cluster_pages.decided_at(connection, batch)

    # -- add

    def add_example(self, input: str, output: str, label: str | None, is_classification: bool, by: str = "") -> str:
        """Store an example a person wrote and return its id. Raises UsageError where a text is missing.

        In a classification set the output is the label, and the label may be missing until somebody gives it.
        """
        if not input.strip():
            raise UsageError("Write an input first.")
        if is_classification:
            output = label or ""
        elif not output.strip():
            raise UsageError("Write an ideal output: the model learns from it.")
        with database.write(self.engine) as connection:
            return by_hand.add_by_hand(connection, input, output, label, is_classification, by, now())


def _kept(changed: dict[str, str]) -> tuple[Action, str]:
    return ("edit", json.dumps(changed, ensure_ascii=False)) if changed else ("keeper", "")
