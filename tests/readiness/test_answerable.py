"""Whether the answers stand in the knowledge base."""

import pytest

from curation.readiness.answerable import answerable
from curation.records import Dataset, dataset

CITIES = ("Lisbon", "Oslo", "Quito", "Hanoi", "Accra", "Riga", "Sofia", "Lima", "Doha", "Minsk")


def faq(answered: int) -> tuple[Dataset, list[str]]:
    rows = [
        {
            "id": str(n),
            "input": f"Who runs branch number {n}?",
            "output": f"The branch in {city} is run by person{n} since opening{n}.",
        }
        for n, city in enumerate(CITIES)
    ]
    passages = [
        f"Our office in {city} was started as opening{n}; it is led by person{n} and is a branch run since then in."
        for n, city in enumerate(CITIES[:answered])
    ]
    return dataset(rows), [*passages, "Opening hours are nine to five.", "Parking is free."]


@pytest.mark.parametrize("answered", [10, 6, 0])
def test_the_share_of_rows_whose_new_words_stand_in_the_passages(answered: int) -> None:
    examples, passages = faq(answered)
    run = answerable(examples, passages, 0.2)
    assert run.status == "done"
    assert run.summary["answerable_rate"] == pytest.approx(answered / 10)
    assert run.summary["rows"] == 10


def test_an_empty_knowledge_base_and_labels_read_not_checked() -> None:
    examples, _ = faq(10)
    assert answerable(examples, [], 0.2).reason == "the knowledge base holds no text"
    labels = dataset([{"id": "a", "input": "hi", "output": "x", "label": "x"}])
    assert answerable(labels, ["text"], 0.2).status == "not_checked"
