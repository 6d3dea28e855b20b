"""Faults crowded in one topic are named with it; faults that lie anywhere hardly ever are."""

import random

from curation.checks import found, run
from curation.checks.topic_faults import Settings
from curation.dedup import dedup
from curation.records import Clusters, Dataset, Findings, dataset

TOPICS = tuple(f"topic {n}" for n in range(10))
ROWS = dataset([{"id": f"r{n}", "input": f"{n * 7919 % 100_003} question", "output": "y"} for n in range(500)])
CLUSTERS: Clusters = dedup(ROWS)
OF = {f"r{n}": (TOPICS[n % 10], f"part {n % 30}") for n in range(500)}


def judged(faulty: list[str], topics: dict[str, tuple[str, ...]] | None = OF, rows: Dataset = ROWS) -> Findings:
    faults = found("truncated", [{"id": id, "confidence": 0.9, "message": "cut off"} for id in faulty])
    return run(rows, CLUSTERS, ["topic_faults"], {"topic_faults": Settings(topics=topics, findings=faults)})


def test_faults_planted_in_a_topic_are_named_with_it_and_the_odds() -> None:
    draw = random.Random(4)
    inside = draw.sample([id for id, of in OF.items() if of[0] == "topic 3"], 15)
    outside = draw.sample([id for id, of in OF.items() if of[0] != "topic 3"], 20)
    said = judged(inside + outside)
    first = said.table.to_pylist()[0]
    assert "Truncated: 15 rows of 50 in the topic “topic 3” (30" in first["message"]
    assert not any(
        f"topic {n}" in message for message in said.table["message"].to_pylist() for n in range(10) if n != 3
    )
    assert said.run("topic_faults").summary["crowded"] == said.table.num_rows


def test_shuffled_faults_name_a_topic_in_at_most_one_draw_of_twenty() -> None:
    draw = random.Random(5)
    named = sum(judged(draw.sample(list(OF), 35)).table.num_rows > 0 for _ in range(200))
    assert named <= 10


def test_a_few_faults_and_no_topics_say_nothing() -> None:
    assert judged(["r3", "r13", "r23"]).table.num_rows == 0
    assert "no topics were found yet" in judged(["r3"], None).run("topic_faults").reason


def test_it_runs_after_the_checks_whose_findings_it_reads() -> None:
    rows = dataset([{"id": f"r{n}", "input": f"{n} question", "output": "" if n % 10 == 3 else f"answer {n}"}
                    for n in range(300)])  # fmt: skip
    of = {f"r{n}": (TOPICS[n % 10],) for n in range(300)}
    said = run(rows, dedup(rows), ["topic_faults", "empty"], {"topic_faults": Settings(topics=of)})
    assert [run.check for run in said.runs] == ["empty", "topic_faults"]
    assert "topic 3" in said.table["message"].to_pylist()[-1]
