"""Rows with personal data are kept, left out or masked as asked; marked rows get files of their own."""

import json
import re

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from curation.errors import UsageError
from curation.export import Options, Provenance, Rows, export, read, verify
from curation.export.formats import export_format
from curation.export.personal import treated
from curation.export.table import EXPORT_SCHEMA
from curation.records import CLUSTERS_SCHEMA, REJECTED_SCHEMA, Clusters, dataset

SECRET = "ann@corp.org"
PRIVATE = frozenset({"id0", "id1", "gone"})
ALL = tuple(name for name, plugin in export_format.all().items() if not getattr(plugin.settings, "needs", ""))
REMOVED = pa.table(
    {
        "id": ["gone", "old"],
        "input": [f"write {SECRET}", "x"],
        "reason": ["exact duplicate"] * 2,
        "keeper": ["id0", None],
    }
)
REJECTED = pa.table([["a.csv"], [3], [9], ["ragged"], ["3 cells"], [f"{SECRET},b"]], schema=REJECTED_SCHEMA)


def mask(text):
    return re.sub(r"[a-z]+@corp\.org", "[email]", text)


def rows(n=20):
    meta = json.dumps({"messages": [{"role": "user", "content": f"mail {SECRET}"}], "cc": [SECRET], "n": 1.5})
    private = [
        {"id": f"id{k}", "input": f"mail {SECRET} {k}", "output": f"done, {SECRET}", "group": SECRET, "meta": meta}
        for k in range(2)
    ]
    return dataset([*private, *({"id": f"id{k}", "input": f"q {k}", "output": f"a {k}"} for k in range(2, n))])


def write(out, marks=None, reports=None, **options):
    data = rows()
    ids = data.values("id")
    clusters = Clusters(pa.table([ids, list(range(20)), ids, [1.0] * 20, ["unique"] * 20], schema=CLUSTERS_SCHEMA))
    parts = Rows(data, REMOVED, REJECTED, clusters, marks, PRIVATE)
    return export(parts, Options(out, mask=mask, **options), Provenance(reports=reports or {}))


def everything(out):
    """All bytes of an export, Parquet files decoded."""
    texts = [path.read_bytes().decode(errors="replace") for path in out.iterdir()]
    return "".join(texts) + "".join(str(pq.read_table(path).to_pylist()) for path in out.glob("*.parquet"))


def kept_ids(out):
    return [
        id
        for name in ("train", "validation", "test")
        for id in pq.read_table(out / f"{name}.parquet")["id"].to_pylist()
    ]


def test_kept_as_they_are_the_rows_are_counted_and_unchanged(tmp_path):
    manifest = write(tmp_path / "set")
    assert manifest.personal == {"rows": 2, "treatment": "keep"}
    assert manifest.source == manifest.dataset == rows().digest
    assert SECRET in everything(tmp_path / "set")
    assert "found in 2 rows. Personal data and keys stay in the export." in (tmp_path / "set" / "README.md").read_text()


def test_left_out_they_are_removed_with_the_reason_and_no_file_holds_their_texts(tmp_path):
    manifest = write(tmp_path / "set", treatment="leave_out", formats=ALL)
    assert manifest.personal == {"rows": 2, "treatment": "leave_out"}
    assert manifest.counts["kept"] == 18
    assert manifest.counts["rows_in"] == 20 + 2 + 1
    assert manifest.removed == {"exact duplicate": 2, "personal data or a key": 2}
    removed = pq.read_table(tmp_path / "set" / "removed.parquet")
    assert removed["id"].to_pylist() == ["gone", "old", "id0", "id1"]
    assert removed["input"].to_pylist() == ["write [email]", "x", "mail [email] 0", "mail [email] 1"]
    assert not {"id0", "id1"} & set(kept_ids(tmp_path / "set"))
    assert SECRET not in everything(tmp_path / "set")
    assert manifest.source == rows().digest != manifest.dataset


def test_masked_they_stay_and_no_file_holds_what_was_found(tmp_path):
    manifest = write(tmp_path / "set", treatment="mask", formats=ALL)
    assert manifest.counts["kept"] == 20
    assert SECRET not in everything(tmp_path / "set")
    assert sorted(kept_ids(tmp_path / "set")) == sorted(rows().values("id"))
    whole = pa.concat_tables(
        pq.read_table(tmp_path / "set" / f"{name}.parquet") for name in ("train", "validation", "test")
    )
    row = next(row for row in whole.to_pylist() if row["id"] == "id0")
    assert (row["input"], row["output"], row["group"]) == (None, None, "[email]")
    assert json.loads(row["meta"])["cc"] == ["[email]"]
    assert json.loads(row["meta"])["n"] == 1.5
    assert [(turn["role"], turn["content"]) for turn in row["messages"]] == [("user", "mail [email]")]
    assert manifest == read(tmp_path / "set")
    assert verify(tmp_path / "set") == []


@pytest.mark.parametrize("treatment", ["mask", "leave_out"])
def test_what_stands_in_columns_that_nobody_chose_is_masked_in_every_row(treatment):
    clean = [{"id": f"r{k}", "input": f"q {k}", "output": "a", "meta": json.dumps({"agent": SECRET})} for k in range(3)]
    out, found = treated(dataset(clean), {"other"}, treatment, mask)
    assert found == {"rows": 0, "treatment": treatment}
    assert out.values("meta") == ['{"agent":"[email]"}'] * 3
    assert treated(dataset(clean), set(), "keep", mask)[0].values("meta") == [clean[0]["meta"]] * 3


def test_masking_changes_neither_the_splits_nor_other_rows(tmp_path):
    write(tmp_path / "plain")
    write(tmp_path / "masked", treatment="mask")
    for name in ("train", "validation", "test"):
        plain, masked = (pq.read_table(tmp_path / out / f"{name}.parquet") for out in ("plain", "masked"))
        assert plain["id"].to_pylist() == masked["id"].to_pylist()
        others = [id not in PRIVATE for id in plain["id"].to_pylist()]
        assert plain.filter(others)["input"].equals(masked.filter(others)["input"])


def test_unknown_treatments_and_a_missing_mask_are_refused(tmp_path):
    with pytest.raises(UsageError, match="keep, leave_out, mask"):
        write(tmp_path / "set", treatment="hide")
    data = rows()
    with pytest.raises(ValueError, match="a mask is needed"):
        export(
            Rows(data, REMOVED, REJECTED, Clusters(CLUSTERS_SCHEMA.empty_table())),
            Options(tmp_path / "set", treatment="mask"),
        )
    assert list(tmp_path.iterdir()) == []


def marks(**by_mark):
    pairs = [(id, mark) for mark, ids in by_mark.items() for id in ids]
    return pa.table({"id": [id for id, _ in pairs], "mark": [mark for _, mark in pairs], "novel": [True] * len(pairs)})


def test_marked_rows_stand_in_files_of_their_own_beside_the_splits(tmp_path):
    chosen = marks(retrieval=["id3", "id1", "left out"], style=["id5", "id4"])
    manifest = write(tmp_path / "set", marks=chosen, formats=("csv",))
    facts = pq.read_table(tmp_path / "set" / "retrieval_candidates.parquet")
    style = pq.read_table(tmp_path / "set" / "style_examples.parquet")
    assert facts.schema.remove_metadata() == EXPORT_SCHEMA
    assert (facts["id"].to_pylist(), style["id"].to_pylist()) == (["id1", "id3"], ["id4", "id5"])
    assert manifest.marks == {"retrieval": 2, "style": 2}
    assert manifest.counts["kept"] == 20
    assert set(manifest.files) >= {"retrieval_candidates.parquet", "style_examples.parquet"}
    card = (tmp_path / "set" / "README.md").read_text()
    assert "2 rows hold facts better retrieved than learned (`retrieval_candidates.parquet`)" in card
    assert "path: train.csv" in card.split("---\n")[1]
    assert "retrieval" not in card.split("---\n")[1]
    assert verify(tmp_path / "set") == []


def test_marked_rows_are_treated_like_all_others_and_give_the_same_bytes(tmp_path):
    for name in ("one", "two"):
        write(tmp_path / name, marks=marks(retrieval=["id0"], style=[]), treatment="mask")
    one, two = ({p.name: p.read_bytes() for p in (tmp_path / name).iterdir()} for name in ("one", "two"))
    assert one == two
    assert pq.read_table(tmp_path / "one" / "retrieval_candidates.parquet")["input"].to_pylist() == ["mail [email] 0"]
    assert pq.read_table(tmp_path / "one" / "style_examples.parquet").num_rows == 0


def test_without_marks_there_are_no_such_files(tmp_path):
    manifest = write(tmp_path / "set")
    assert manifest.marks == {}
    assert not (tmp_path / "set" / "style_examples.parquet").exists()


@pytest.mark.parametrize("wrong", [marks(other=["id1"]), marks(retrieval=["id1"], style=["id1"])])
def test_wrong_marks_are_refused(tmp_path, wrong):
    with pytest.raises(ValueError, match="one mark"):
        write(tmp_path / "set", marks=wrong)


def test_nothing_else_may_take_the_names_of_these_files(tmp_path):
    for name in ("approval.json", "retrieval_candidates.parquet", "style_examples.parquet"):
        with pytest.raises(UsageError, match="name of another file"):
            write(tmp_path / "set", reports={name: "x"})
