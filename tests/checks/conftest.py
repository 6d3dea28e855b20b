import pyarrow as pa
import pytest

from curation.records import CLUSTERS_SCHEMA, Clusters, Dataset, dataset


def clusters_of(data: Dataset, groups: dict[str, list[str]] | None = None, similarity: float = 1.0) -> Clusters:
    """Every row alone, but for the rows of `groups`: keeper id -> the ids of its other members."""
    keeper = {id: id for id in data.values("id")}
    for first, others in (groups or {}).items():
        keeper |= dict.fromkeys(others, first)
    number = {id: n for n, id in enumerate(sorted(keeper))}
    rows = [
        {
            "id": id,
            "cluster": number[keeper[id]],
            "keeper": keeper[id],
            "similarity": 1.0 if keeper[id] == id else similarity,
            "kind": "near" if keeper[id] in (groups or {}) else "unique",
        }
        for id in data.values("id")
    ]
    return Clusters(pa.Table.from_pylist(rows, schema=CLUSTERS_SCHEMA))


@pytest.fixture
def alone():
    return clusters_of


@pytest.fixture
def texts():
    """A free-text Dataset from (input, output) pairs, ids row0, row1, ..."""

    def make(pairs):
        return dataset([{"id": f"row{n}", "input": asked, "output": out} for n, (asked, out) in enumerate(pairs)])

    return make


TOPICS = {
    "refund": "refund money back return charged twice reimbursement order cancelled credit",
    "delivery": "parcel courier shipping late tracking address arrived doorstep package",
    "password": "password login reset account locked email code sign username",
    "invoice": "invoice tax receipt vat billing statement pdf company number",
    "warranty": "warranty broken repair replace defect screen battery guarantee months",
    "booking": "booking table reservation tonight people restaurant time change evening",
}
FILLER = ["please", "hello", "could", "you", "tell", "me", "about", "my", "the", "a", "with", "for", "and", "is", "how"]


@pytest.fixture
def topic_rows():
    """(rows, ids of the rows whose label was changed): six topics of customer questions, a share mislabelled."""
    import numpy as np

    def make(n, wrong_rate, seed=0):
        rng = np.random.default_rng(seed)
        names, rows, wrong = sorted(TOPICS), [], set()
        for k in range(n):
            label = names[k % len(names)]
            words = [*rng.choice(TOPICS[label].split(), 3, replace=False), *rng.choice(FILLER, 5)]
            text = " ".join(rng.permutation(words))
            if rng.random() < wrong_rate:
                label = names[(k + 1 + int(rng.integers(len(names) - 1))) % len(names)]
                wrong.add(f"r{k:04}")
            rows.append({"id": f"r{k:04}", "input": text, "label": label})
        return rows, wrong

    return make


@pytest.fixture
def sure():
    """(check, (input, output) pairs, background pairs) -> which of the pairs are flagged more likely than not."""
    from curation.checks import run

    def flagged(name, pairs, background=()):
        rows = [{"id": f"b{n:03}", "input": a, "output": b} for n, (a, b) in enumerate(background)]
        rows += [{"id": f"case{n}", "input": a, "output": b} for n, (a, b) in enumerate(pairs)]
        data = dataset(rows)
        findings = run(data, clusters_of(data), [name])
        assert findings.run(name).status == "done"
        found = {row["id"] for row in findings.table.to_pylist() if row["confidence"] >= 0.5}
        return [f"case{n}" in found for n in range(len(pairs))]

    return flagged
