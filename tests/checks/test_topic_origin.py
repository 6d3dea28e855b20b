"""Topics of one file, time or person are named; where rows lie anywhere hardly one is."""

import random

from curation.checks import run
from curation.checks.topic_origin import PERSON, TIME, Settings
from curation.dedup import dedup
from curation.records import Clusters, Dataset, Findings, dataset

TOPICS = tuple(f"topic {n}" for n in range(10))
IDS = [f"r{n}" for n in range(500)]
OF = {id: (TOPICS[n % 10],) for n, id in enumerate(IDS)}


def rows(source: list[str]) -> tuple[Dataset, Clusters]:
    texts = [{"id": id, "input": f"{n * 7919 % 100_003} question", "output": "y", "source": file}
             for n, (id, file) in enumerate(zip(IDS, source, strict=True))]  # fmt: skip
    made = dataset(texts)
    return made, dedup(made)


def judged(source: list[str], **settings: object) -> Findings:
    return run(*rows(source), ["topic_origin"], {"topic_origin": Settings(topics=OF, **settings)})  # type: ignore[arg-type]


def anywhere(seed: int, *values: str) -> list[str]:
    draw = random.Random(seed)
    return [draw.choice(values) for _ in IDS]


def test_a_topic_of_one_file_is_named_with_the_share_of_the_file() -> None:
    source = [
        "b.csv" if OF[id] == ("topic 3",) else file for id, file in zip(IDS, anywhere(1, "a.csv", "a.csv", "b.csv"))
    ]
    found = judged(source)
    (message,) = found.table["message"].to_pylist()
    share = round(100 * source.count("b.csv") / 500)
    assert message == f"50 of 50 rows of the topic “topic 3” come from b.csv, which holds {share} % of all rows."
    assert found.table["suggestion"].to_pylist() == ["collect"]
    assert found.table["confidence"][0].as_py() < 0.5
    assert found.run("topic_origin").summary == {"topics": 10, "of_one_origin": 1}


def test_a_topic_asked_of_late_alone_and_one_that_one_person_decided_are_named() -> None:
    when = dict(zip(IDS, anywhere(2, "before 2024-05-01", "2024-05-01 or later"), strict=True))
    when |= {id: "2024-05-01 or later" for id in IDS if OF[id] == ("topic 4",)}
    who = dict(zip(IDS[:300], anywhere(3, "Ann", "Ben", "Cem"), strict=False))
    who |= {id: "Ann" for id in IDS[:300] if OF[id] == ("topic 5",)}
    said = judged(["a.csv"] * 500, origins={TIME: when, PERSON: who}).table["message"].to_pylist()
    assert len(said) == 2
    assert any(text.startswith("50 of 50 rows of the topic “topic 4” are from 2024-05-01 or later") for text in said)
    assert any(
        text.startswith("30 of 30 rows of the topic “topic 5” were decided by Ann, who decided") for text in said
    )


def test_rows_of_files_anywhere_name_a_topic_in_hardly_a_draw() -> None:
    named = sum(judged(anywhere(seed, "a.csv", "b.csv", "c.csv")).table.num_rows > 0 for seed in range(30))
    assert named == 0


def test_one_file_few_rows_and_no_topics_say_nothing() -> None:
    assert judged(["a.csv"] * 500).table.num_rows == 0
    few = {"r3": ("topic x",), "r4": ("topic x",)}
    source = ["b.csv" if id in few else "a.csv" for id in IDS]
    assert run(*rows(source), ["topic_origin"], {"topic_origin": Settings(topics=few)}).table.num_rows == 0
    reason = run(*rows(source), ["topic_origin"]).run("topic_origin").reason
    assert reason.startswith("no topics were found yet")
