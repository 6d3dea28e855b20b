import json

import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from curation.checks import label_noise as noise
from curation.checks import run
from curation.errors import NotChecked
from curation.records import dataset
from curation.records.progress import ignore


def check(data, clusters, **settings):
    return noise.label_noise(data, clusters, noise.Settings(**settings), 0, ignore)


def test_planted_wrong_labels_rank_first(topic_rows, alone):
    rows, wrong = topic_rows(360, 0.1)
    data = dataset(rows)
    judged = noise.judge(data, alone(data), noise.Settings(), 0, ignore)
    truth = [id in wrong for id in judged.ids]
    assert average_precision_score(truth, -judged.quality) > 0.95
    found = set(check(data, alone(data)).table["id"].to_pylist())
    assert len(found & wrong) >= 0.8 * len(wrong)
    assert len(found & wrong) >= 0.8 * len(found)


def test_evidence_names_rows_that_carry_the_suggested_label(topic_rows, alone):
    rows, _ = topic_rows(240, 0.08)
    data = dataset(rows)
    labels = {row["id"]: row["label"] for row in rows}
    table = check(data, alone(data)).table.to_pylist()
    assert table
    for row in table:
        evidence = json.loads(row["evidence"])
        assert evidence["given"] == labels[row["id"]]
        assert row["suggestion"] == "relabel:" + evidence["suggested"] != "relabel:" + evidence["given"]
        assert evidence["suggested_probability"] > evidence["given_probability"]
        assert [labels[near["id"]] for near in evidence["nearest"]] == [evidence["suggested"]] * 3
        assert row["id"] not in [near["id"] for near in evidence["nearest"]]
        assert f"“{evidence['suggested']}”" in row["message"]


@pytest.mark.parametrize("rate", [0.05, 0.2])
def test_the_noise_interval_holds_the_planted_rate(rate, topic_rows, alone):
    rows, wrong = topic_rows(600, rate)
    data = dataset(rows)
    summary = check(data, alone(data)).runs[0].summary
    noise_rate = summary["noise_rate"]
    assert noise_rate["low"] <= len(wrong) / len(rows) <= noise_rate["high"]
    assert summary["accuracy"]["low"] < summary["accuracy"]["value"] < summary["accuracy"]["high"]
    assert summary["majority_rate"] < 0.3
    assert summary["judged"] == 600


def test_a_twin_cannot_vouch_for_a_wrong_label(topic_rows, alone):
    rows, _ = topic_rows(300, 0.0)
    # one wrong row, repeated five times with the same wrong label
    rows += [{"id": f"w{n}", "input": "parcel courier tracking late please", "label": "refund"} for n in range(5)]
    data = dataset(rows)
    together = alone(data, {"w0": ["w1", "w2", "w3", "w4"]})
    found = set(check(data, together).table["id"].to_pylist())
    assert {"w0", "w1", "w2", "w3", "w4"} <= found
    judged = noise.judge(data, together, noise.Settings(), 0, ignore)
    apart = noise.judge(data, alone(data), noise.Settings(), 0, ignore)
    assert judged.quality[judged.ids.index("w0")] < apart.quality[apart.ids.index("w0")]


def test_rare_labels_are_listed_and_not_flagged(topic_rows, alone):
    rows, _ = topic_rows(120, 0.0)
    rows += [{"id": f"x{n}", "input": f"parcel courier late {n}", "label": "rare"} for n in range(4)]
    findings = check(dataset(rows), alone(dataset(rows)))
    assert findings.runs[0].summary["too_few"] == {"rare": 4}
    assert not {"x0", "x1", "x2", "x3"} & set(findings.table["id"].to_pylist())


def test_unlabelled_rows_are_work_not_faults(topic_rows, alone):
    rows, _ = topic_rows(120, 0.0)
    rows += [{"id": f"u{n}", "input": "refund money back please"} for n in range(10)]
    findings = check(dataset(rows), alone(dataset(rows)))
    assert findings.runs[0].summary["unlabelled"] == 10
    assert not any(id.startswith("u") for id in findings.table["id"].to_pylist())


@pytest.mark.parametrize(
    ("labels", "why"),
    [([None], "no row has a label"), (["a"], "1 of 1 labels"), (["a"] * 30 + ["b"], "too few rows")],
)
def test_not_checked_says_why(labels, why, alone):
    rows = [{"input": f"some text number {n}", "label": labels[n % len(labels)]} for n in range(31)]
    data = dataset(rows)
    with pytest.raises(NotChecked, match=why):
        check(data, alone(data))


def test_random_labels_are_not_called_noise(alone):
    rng = np.random.default_rng(0)
    words = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta"]
    rows = [{"input": " ".join(rng.choice(words, 6)), "label": str(rng.integers(4))} for _ in range(300)]
    data = dataset(rows)
    with pytest.raises(NotChecked, match="do not tell the labels apart"):
        check(data, alone(data))


def test_ranking_and_recall_settings(topic_rows, alone):
    rows, wrong = topic_rows(360, 0.15)
    data = dataset(rows)
    few, many = check(data, alone(data)), check(data, alone(data), recall=True)
    assert set(few.table["id"].to_pylist()) <= set(many.table["id"].to_pylist())
    for ranking in ("normalized_margin", "self_confidence"):
        found = set(check(data, alone(data), ranking=ranking).table["id"].to_pylist())
        assert len(found & wrong) > 0.7 * len(found)


def test_a_model_of_your_own_adds_a_feature_set(topic_rows, alone):
    rows, _ = topic_rows(120, 0.05)
    data = dataset(rows)

    def encode(texts):
        return np.array([[text.count(c) for c in "abcdefghij"] for text in texts], dtype=np.float32)

    findings = check(data, alone(data), encode=encode)
    assert {"lsa", "encode"} <= set(findings.runs[0].summary["features"])


def test_run_notes_what_could_not_be_judged(alone):
    data = dataset([{"input": "one", "output": "two"}])
    run_ = run(data, alone(data), ["label_noise"]).run("label_noise")
    assert run_.status == "not_checked"
    assert "no row has a label" in run_.reason
