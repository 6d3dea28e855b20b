"""The first look at labels: planted wrong labels rank first, and its result stands in for the full check's."""

import csv
import json
from pathlib import Path

import pytest
from sklearn.metrics import average_precision_score

from curation.checks.labels.preview import preview
from curation.errors import Cancelled, NotChecked
from curation.records import dataset

SAMPLE = Path(__file__).parents[2] / "sample_data"


def ranked(found, data):
    confidence = {row["id"]: row["confidence"] for row in found.table.to_pylist()}
    return [confidence.get(id, 0.0) for id in data.values("id")]


def test_planted_wrong_labels_rank_first(topic_rows):
    rows, wrong = topic_rows(600, 0.1)
    data = dataset(rows)
    found = preview(data)
    assert average_precision_score([id in wrong for id in data.values("id")], ranked(found, data)) > 0.95
    flagged = {row["id"] for row in found.table.to_pylist() if row["confidence"] >= 0.5}
    assert len(flagged & wrong) >= 0.85 * len(wrong)
    assert len(flagged & wrong) >= 0.9 * len(flagged)


def test_the_sample_tickets():
    with (SAMPLE / "support_tickets.csv").open(newline="", encoding="utf-8") as file:
        tickets = list(csv.DictReader(file))
    planted = json.loads((SAMPLE / "expected.json").read_text())["support_tickets.csv"]["wrong_labels"]
    wrong = {f"row{each['row']}" for each in planted}
    data = dataset(
        [{"id": f"row{n}", "input": row["text"], "label": row["category"] or None} for n, row in enumerate(tickets)]
    )
    found = preview(data)
    score = average_precision_score([id in wrong for id in data.values("id")], ranked(found, data))
    assert score > 5 * len(wrong) / len(tickets)


def test_it_reads_as_the_full_check_and_says_that_it_is_not(topic_rows):
    rows, _ = topic_rows(240, 0.1)
    data = dataset(rows)
    found = preview(data)
    (run,) = found.runs
    assert (run.check, run.status, run.summary["preview"]) == ("label_noise", "done", True)
    labels = {row["id"]: row["label"] for row in rows}
    for row in found.table.to_pylist():
        evidence = json.loads(row["evidence"])
        assert evidence["given"] == labels[row["id"]] != evidence["suggested"]
        assert row["suggestion"] == f"relabel:{evidence['suggested']}"
        assert 0.0 <= row["confidence"] <= 1.0
    confidence = found.table["confidence"].to_pylist()
    assert confidence == sorted(confidence, reverse=True)


def test_row_order_does_not_matter(topic_rows):
    rows, _ = topic_rows(240, 0.1)
    one, other = preview(dataset(rows)), preview(dataset(rows[::-1]))
    assert one.table.to_pylist() == other.table.to_pylist()


def test_equal_texts_do_not_vouch_for_one_another(topic_rows):
    rows, _ = topic_rows(300, 0.0)
    rows += [{"id": f"w{n}", "input": "parcel courier tracking late please", "label": "refund"} for n in range(5)]
    flagged = {row["id"] for row in preview(dataset(rows)).table.to_pylist() if row["confidence"] >= 0.5}
    assert {"w0", "w1", "w2", "w3", "w4"} <= flagged


def test_leaving_a_row_out_is_fitting_without_it(topic_rows):
    """The closed form gives what a second fit without the row gives."""
    import numpy as np

    from curation.checks.labels import preview as module
    from curation.checks.labels.labelled import labelled

    data = dataset(topic_rows(90, 0.1)[0])
    rows = labelled(data, list(range(len(data))), 5, 20)
    words = module._words(rows.texts)
    (start, scores), *_ = module._scores(words, rows)
    dense, share = words.toarray(), np.bincount(rows.labels) / len(rows.labels)
    targets = np.eye(len(rows.names))[rows.labels] - share
    for n in (0, 17, 89):
        kept = np.arange(len(dense)) != n
        gram = dense[kept].T @ dense[kept] + module.PENALTY * np.eye(dense.shape[1])
        again = dense[n] @ np.linalg.solve(gram, dense[kept].T @ targets[kept])
        assert start == 0
        assert scores[n] == pytest.approx(again, abs=1e-3)


@pytest.mark.parametrize("texts", [["?"] * 40, ["same words here"] * 40])
def test_what_cannot_be_judged_is_said(texts):
    data = dataset([{"input": text, "label": "ab"[n % 2]} for n, text in enumerate(texts)])
    with pytest.raises(NotChecked, match="too few"):
        preview(data)


def test_it_stops_when_asked(topic_rows):
    def stop(done, message):
        raise Cancelled

    with pytest.raises(Cancelled):
        preview(dataset(topic_rows(120, 0.1)[0]), 0, stop)
