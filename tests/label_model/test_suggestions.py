"""Labels suggested for rows without one, from the labels given so far."""

from pathlib import Path

import pytest

from curation.errors import NotChecked
from curation.label_model.suggestions import suggested
from curation.project import Project
from curation.records import Filter
from curation.records.progress import ignore

KINDS = {"refund": "please send my money back for order", "delivery": "the parcel is late, where is number"}


def test_rows_get_their_likeliest_label_first_and_chances_that_sum_to_one() -> None:
    given = [(f"{text} {n}", label) for label, text in KINDS.items() for n in range(20)]
    money, parcel = suggested(given, ["I want my money back", "where is the parcel"], 0, ignore).guesses
    assert (money[0][0], parcel[0][0]) == ("refund", "delivery")
    assert sum(probability for _, probability in money) == pytest.approx(1)
    with pytest.raises(NotChecked):
        suggested(given[:20], ["where is it"], 0, ignore)


def test_suggestions_are_learned_once_enough_is_labelled_and_put_the_queue_in_order(tmp_path: Path) -> None:
    path = tmp_path / "bare.csv"
    rows = [f"{text} {n}" for n in range(40) for text in KINDS.values()]
    path.write_text("text\n" + "\n".join(f'"{row}"' for row in rows) + '\n"money for the late parcel"\n')
    with Project.open(tmp_path / "set", create=True) as project:
        project.examples.load(path)
        learned = project.rows.suggestions
        examples = [one for _, one in project.decisions.queue.page(Filter("all"), -1, 99)]
        label = {text: name for name, text in KINDS.items()}

        def give(some: list[int]) -> None:
            changes = [(examples[n].id, "label", label[examples[n].input.rpartition(" ")[0]]) for n in some]
            project.decisions.decide_all(changes, "Ann")

        give(list(range(29)))
        assert not learned.is_due()
        give([29])
        assert learned.is_due()
        assert learned.learn() == 51
        assert (learned.learned_from(), learned.is_due()) == (30, False)
        hardest = [one for _, one in project.decisions.queue.page(Filter("hardest"), -1, 99)]
        likeliest = [one for _, one in project.decisions.queue.page(Filter("likeliest"), -1, 99)]
        assert hardest[0].input == "money for the late parcel"
        assert [one.id for one in likeliest] == [one.id for one in reversed(hardest)]
        assert learned.of([examples[30].id, examples[0].id])[examples[30].id][0].label == "refund"
        give([30])
        assert project.decisions.queue.total(Filter("hardest")) == 50  # a labelled row has left the queue
        give(list(range(31, 38)))
        assert learned.is_due()  # a quarter more is worth learning anew
