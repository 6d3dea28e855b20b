"""class Holding: which examples a project keeps for measuring models, and which its last export let models train on."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from curation.context import Context
from curation.errors import NotChecked
from curation.files import write_parquet
from curation.measure.holdout import groups, kept_for_measuring
from curation.project.examples import Desk, now
from curation.records import Clusters, Dataset
from curation.store import database, results
from curation.text.private import personal_rows, private

TRAINED = "last_train.parquet"
"""The ids in the train part of the last export, to whatever folder it went."""
EARLIER = "export/train.parquet"
"""Where they stand in projects exported before that file was kept."""


@dataclass(frozen=True)
class Held:
    """Ids kept for measuring: `handed` out or asked, in the order they are asked; and those arms were `scored` on."""

    handed: tuple[str, ...]
    scored: frozenset[str]

    @property
    def ids(self) -> frozenset[str]:
        """All of them."""
        return self.scored.union(self.handed)


class Holding(Desk):
    """What is kept apart so that no model is graded on examples it has seen."""

    def measurement(self) -> dict[str, Any] | None:
        """Every arm measured so far, the newest of each name; how they differ; and how the last run went.

        `arms` as `results.arm_json` writes them, `differences` as `results.Difference`, `run` the last run's settings,
        what it spent and why it ended early. None before the first.
        """
        with database.read(self.engine) as connection:
            return results.read_result(connection, "measure")

    def held(self) -> Held:
        """What was handed out, asked or scored so far; nothing before the first measurement."""
        with database.read(self.engine) as connection:
            handed = results.read_result(connection, "held_back")
        arms = (self.measurement() or {}).get("arms", ())
        return Held(tuple(handed["ids"]) if handed else (), frozenset(id for arm in arms for id in arm["scores"]))

    def hold(self, ids: Iterable[str]) -> None:
        """Keep these examples for measuring from now on, beside those kept already."""
        before = self.held().handed
        after = tuple(dict.fromkeys((*before, *ids)))
        if after != before:
            self._write_held(after)

    def release_held(self, handed: Iterable[str]) -> None:
        """Keep none but these (and those arms were scored on) for measuring."""
        self._write_held(tuple(handed))

    def unscored(self) -> int:
        """How many examples are kept for measuring that no arm was scored on: handed out, and nothing came back."""
        held = self.held()
        return len(set(held.handed) - held.scored)

    def take_back(self) -> None:
        """Keep those no longer: exports may train on them again."""
        held = self.held()
        self.release_held(id for id in held.handed if id in held.scored)

    def _write_held(self, ids: tuple[str, ...]) -> None:
        with database.write(self.engine) as connection:
            results.save_result(connection, "held_back", {"ids": list(ids)}, now())

    def never_trained_on(self, dataset: Dataset, clusters: Clusters) -> tuple[frozenset[str], int]:
        """(ids of the examples no model may be trained on, the scored ones among the rest): `kept_for_measuring`."""
        held = self.held()
        if not held.ids:
            return frozenset(), 0
        return kept_for_measuring(held.handed, held.scored, dataset, clusters)

    def trained(self) -> frozenset[str]:
        """The ids in the train part of the last export; none before the first."""
        for name in (TRAINED, EARLIER):
            if (self.folder / name).exists():
                return frozenset(pq.read_table(self.folder / name, columns=["id"])["id"].to_pylist())
        return frozenset()

    def seen(self, dataset: Dataset, clusters: Clusters) -> frozenset[str]:
        """The ids that a model trained on the last export has seen, or near-duplicates and group mates of which."""
        trained = self.trained()
        if not trained:
            return frozenset()
        group_of = groups(dataset, clusters)
        touched = {group for id, group in group_of.items() if id in trained}
        return frozenset(id for id, group in group_of.items() if group in touched)

    def note_trained(self, ids: Iterable[str]) -> None:
        """Keep which examples the export just written lets models train on."""
        write_parquet(self.folder / TRAINED, pa.table({"id": pa.array(sorted(ids), pa.string())}))

    def _material(self) -> tuple[Context, Dataset, Clusters]:
        clusters = self.clusters()
        if clusters is None:
            raise NotChecked(
                "Duplicates have not been searched for, so an example could give an answer away. Run the checks first."
            )
        known = set(clusters.table["id"].to_pylist())
        dataset = self.curated().dataset
        return self.context(), dataset.where([id in known for id in dataset.values("id")]), clusters

    def _private(self, dataset: Dataset) -> frozenset[str]:
        """Rows with personal data or a key: those a check found, and any that hold some as they stand now."""
        findings = self.findings()
        found = personal_rows(findings) if findings else frozenset()
        texts = zip(dataset.values("id"), dataset.values("input"), dataset.values("output"), strict=True)
        return found | {id for id, text, output in texts if private(text) or private(output)}
