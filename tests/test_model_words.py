"""What is said of a model that read the rows: measured where it was, an estimate where not."""

from curation.project.model_review.known import model_lines
from curation.records import ModelQuality, ModelReport, Pull

MEASURED = ModelQuality(
    100, 22, (0.81, 0.6, 0.94), (0.017, 0.007, 0.035), (0.864, 0.714, 0.946), (0.026, 0.006, 0.069), (0.962, 0.92, 0.98)
)
READ = {"right": 4400, "wrong": 549, "unsure": 51}


def test_a_measured_model_is_said_with_its_ranges_and_beside_people() -> None:
    told = ModelReport("m", 5000, READ, MEASURED, ((0.94, 0.9, 0.97), 250), ((0.93, 0.85, 0.97), 60))
    assert model_lines(told) == [
        "m read 5,000 rows and calls 549 of them (11 %) wrong.",
        "By people's answers on 100 rows it finds 81 % (60 to 94 %) of the wrong answers and calls 1.7 % (0.7 to 3.5 %) "
        "of the right ones wrong.",
        "Where it says wrong, it is right in 86 % (71 to 95 %).",
        "Of the answers it calls right, 2.6 % (0.6 to 6.9 %) are wrong.",
        "Asked the same again, it says the same on 94 % (90 to 97 %) of 250 rows.",
        "It says what people say on 96 % (92 to 98 %) of the rows; two people say the same on 93 % (85 to 97 %) of 60 "
        "rows.",
    ]


def test_a_model_nobody_judged_is_an_estimate_and_one_of_one_word_tells_nothing() -> None:
    assert model_lines(ModelReport("m", 5000, READ))[1].startswith(
        "This is an estimate until people have judged 30 rows"
    )
    one = ModelReport("m", 5000, {"right": 5000}, ModelQuality(100, why="It says one thing of every row."))
    assert model_lines(one)[1:] == ["It says one thing of every row."]


def test_a_pull_is_told_and_warned_of_only_where_it_is_certain() -> None:
    share = (0.8, 0.78, 0.82)
    weak, strong = Pull((0.04, 0.01, 0.07), share, share, 900, 100), Pull((0.12, 0.07, 0.17), share, share, 900, 100)
    assert model_lines(ModelReport("m", 5000, READ, pulls={"": weak}))[-2:] == [
        "People decide as the model says 4 points (1 to 7) more often where they see what it says (900 rows) than where "
        "they do not (100).",
        "There are not enough blind rows yet to tell whether that is more than 5 points.",
    ]
    small = Pull((0.01, -0.02, 0.04), share, share, 9000, 1000)
    assert "1,000" in model_lines(ModelReport("m", 5000, READ, pulls={"": small}))[-1]
    assert model_lines(ModelReport("m", 5000, READ, pulls={"": weak, "bob": strong}))[-1] == (
        "The suggestions pull bob: hide them, and decide such rows again."
    )
