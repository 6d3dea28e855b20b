"""Outputs that repeat their input, alone or behind an instruction."""

import pyarrow as pa
import pytest

from curation.checks import run
from curation.records import CLUSTERS_SCHEMA, Clusters, dataset

TEXT = "Your parcel left our house on Monday and is on its way to you."


@pytest.mark.parametrize(
    ("input", "output", "confidence"),
    [
        (TEXT, TEXT, 0.95),
        (TEXT, TEXT.upper(), 0.95),
        (f"Rewrite in our house style.\n{TEXT}", TEXT, 0.95),
        (f"Rewrite in our house style.\n{TEXT}", f"{TEXT} Have a lovely day!", 0.4),
        ("Hello there", "Hello there", None),
        (TEXT, "Good news: your parcel is on its way since Monday!", None),
        ("Say it in French.\nGood morning", "Bonjour", None),
    ],
)
def test_copies_are_found_and_greetings_are_not(input: str, output: str, confidence: float | None) -> None:
    data = dataset([{"input": input, "output": output}])
    id = data.values("id")[0]
    alone = {"id": [id], "cluster": [0], "keeper": [id], "similarity": [1.0], "kind": ["unique"]}
    found = run(data, Clusters(pa.table(alone, schema=CLUSTERS_SCHEMA)), ["copy_of_input"])
    assert [row["confidence"] for row in found.table.to_pylist()] == ([] if confidence is None else [confidence])
