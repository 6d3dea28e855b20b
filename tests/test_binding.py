"""What belongs together is one rule: clusters and groups, through others too, in splits, folds and checks alike."""

import pyarrow as pa
import pytest

from curation.checks.label_noise import label_noise
from curation.checks.labels.ranking import Settings
from curation.errors import NotChecked
from curation.readiness.policy import load_policy
from curation.readiness.stand_in.proxy import proxy
from curation.readiness.study import Study
from curation.records import CLUSTERS_SCHEMA, FINDINGS_SCHEMA, Clusters, Dataset, Facts, Findings, dataset
from curation.records.context import Context
from curation.records.progress import ignore
from curation.sampling.binding import bound_names, bound_sets, bound_to, cluster_of


def clustered(ids: list[str], numbers: list[int]) -> Clusters:
    columns = [ids, numbers, ids, [1.0] * len(ids), ["unique"] * len(ids)]
    return Clusters(pa.table(columns, schema=CLUSTERS_SCHEMA))


def small() -> tuple[Dataset, Clusters]:
    groups = [("a", None), ("b", "g"), ("c", "g"), ("d", "h"), ("e", ""), ("f", "")]
    data = dataset([{"id": id, "input": id, "group": group} for id, group in groups])
    return data, clustered(["a", "b", "c", "d", "e", "f", "gone"], [0, 0, 1, 2, 3, 4, 2])


def test_rows_are_bound_by_clusters_and_groups_through_others() -> None:
    data, clusters = small()
    assert bound_names(data, clusters) == {"a": "a", "b": "a", "c": "a", "d": "d", "e": "e", "f": "f"}
    assert len(set(bound_sets(data, clusters).tolist())) == 4
    assert cluster_of(clusters)["b"] == 0


def test_what_is_bound_to_some_rows_holds_them_and_the_near_duplicates_of_those_gone() -> None:
    data, clusters = small()
    assert bound_to({"c"}, data, clusters) == {"a", "b", "c"}
    assert bound_to({"e"}, data, clusters) == {"e"}
    assert bound_to({"gone"}, data, clusters) == {"d"}
    assert bound_to({"never seen"}, data, clusters) == frozenset()
    assert bound_to((), data, clusters) == frozenset()


def spelled(digits: str) -> str:
    """A word of letters: words that differ in a number alone are one pattern."""
    return "".join("bdfgklmprs"[int(digit)] + "aeiou"[int(digit) % 5] for digit in digits)


def conversations(grouped: bool) -> tuple[Dataset, Clusters]:
    """40 conversations of 6 rows: the words of each are its own, so only its other rows give its label away."""
    rows = [
        {
            "id": f"{talk:02d}-{n}",
            "input": " ".join(
                [
                    spelled(f"{talk:02d}11"),
                    spelled(f"{talk:02d}22"),
                    *(spelled(f"{talk:02d}{n}{k}") for k in range(5, 10)),
                ]
            ),
            "label": f"label {talk % 4}",
            "group": f"conversation {talk}" if grouped else None,
        }
        for talk in range(40)
        for n in range(6)
    ]
    data = dataset(rows)
    return data, clustered(data.values("id"), list(range(len(data))))


def learned(data: Dataset, clusters: Clusters) -> float:
    facts = Facts(data, clusters, Findings(FINDINGS_SCHEMA.empty_table(), ()), Context(), seed=0)
    return float(proxy(Study(facts, load_policy()), ignore).hit.mean())


def test_the_stand_in_is_not_graded_on_conversations_it_has_seen() -> None:
    assert learned(*conversations(grouped=False)) > 0.95
    assert learned(*conversations(grouped=True)) < 0.5


def test_labels_are_not_judged_by_rows_of_the_same_conversation() -> None:
    summary = label_noise(*conversations(grouped=False), Settings(), 0, ignore).runs[0].summary
    assert summary["accuracy"]["value"] > 0.95
    with pytest.raises(NotChecked, match="do not tell the labels apart"):
        label_noise(*conversations(grouped=True), Settings(), 0, ignore)


def test_labels_of_one_single_group_are_not_judged() -> None:
    data, clusters = conversations(grouped=False)
    rows = [{**row, "group": "all"} for row in data.table.select(["id", "input", "label"]).to_pylist()]
    with pytest.raises(NotChecked, match="belong to one group"):
        label_noise(dataset(rows), clusters, Settings(), 0, ignore)
