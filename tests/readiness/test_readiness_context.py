from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.errors import UsageError
from curation.records.context import (
    Arm,
    Context,
    Data,
    Difference,
    Knowledge,
    Label,
    Model,
    Needs,
    Prices,
    Task,
    Traffic,
    Value,
    form_field,
    parse_context,
    read_context,
    template,
    unsaid,
    write_context,
)

share = st.floats(0, 1)
amount = st.none() | st.floats(0, 1e9)
count = st.none() | st.integers(0, 10**9)
text = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


def one_of(section: type, field: str) -> Any:
    return st.sampled_from(form_field(section, field).choices)


contexts = st.builds(
    Context,
    task=st.builds(
        Task, metric=one_of(Task, "metric"), target=st.none() | share, minimum_lift=st.none() | share, kind=one_of(Task, "kind"), recall_of=st.lists(text, max_size=4).map(tuple),
    ),
    knowledge=st.builds(Knowledge, changes=one_of(Knowledge, "changes"), must_cite=st.booleans()),
    needs=st.builds(Needs, offline=st.booleans(), p95_latency_ms=st.integers(0, 10**6), gpus=st.booleans()),
    traffic=st.builds(Traffic, calls_per_month=count, prompt_tokens=count, cached_prompt_share=share),
    prices=st.builds(Prices, currency=text.filter(bool), input_per_million=amount, label_hour=amount, as_of=text),
    model=st.builds(
        Model, parameters=st.none() | st.floats(1, 1e13), retrains_per_year=amount, context_tokens=count, name=text
    ),
    value=st.builds(Value, right_answer=amount, engineering_days=amount, day_rate=amount),
    data=st.builds(
        Data, licence=text, consent=st.none() | st.booleans(), personal_data_handled=st.none() | st.booleans()
    ),
    arms=st.lists(
        st.builds(
            Arm, name=one_of(Arm, "name"), score=share, n=st.integers(1, 10**6), latency_ms=amount,
            hosted=st.none() | st.booleans(), model=text, sd=st.none() | share, groups=st.none() | st.integers(1, 99),
            difference=st.none() | share,
        ),
        max_size=3,
    ).map(tuple),
    differences=st.lists(
        st.builds(
            Difference, first=one_of(Arm, "name"), second=one_of(Arm, "name"), value=share, low=share, high=share,
            n=st.integers(1, 10**6),
        ),
        max_size=2,
    ).map(tuple),
    labels=st.lists(
        st.builds(Label, name=text.filter(str.strip), description=text), max_size=3, unique_by=lambda label: label.name
    ).map(tuple),
)  # fmt: skip


def test_labels_have_one_home_and_those_of_older_files_move_there() -> None:
    both = parse_context(
        '[task]\nlabels = ["a", "b"]\n[[label]]\nname = "b"\ndescription = "the second"\nkey = "2"\n', "c.toml"
    )
    assert both.labels == (Label("b", "the second", "2"), Label("a"))
    assert "labels = " not in write_context(both)
    assert both.with_labels(["b", "c"]).labels == (Label("b", "the second", "2"), Label("c"))


@pytest.mark.parametrize(
    ("second", "words"),
    [
        ('name = "a"', "two entries .* have the name 'a'"),
        ('name = "b"\nkey = "x"', "two entries .* have the key 'x'"),
        ('name = " "', "empty name"),
        ('name = "b"\nkey = "xy"', "one character"),
    ],
)
def test_labels_that_could_be_mixed_up_are_refused(second: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        parse_context(f'[[label]]\nname = "a"\nkey = "x"\n[[label]]\n{second}\n', "c.toml")


def test_what_earlier_versions_wrote_unasked_is_not_taken_as_said_in_a_project() -> None:
    old = '[task]\nminimum_lift = 0.05\n[[arm]]\nname = "few_shot"\nscore = 0.7\nn = 90\nhosted = false\n'
    named = parse_context(old, "c.toml")
    assert (named.task.minimum_lift, named.arms[0].hosted) == (0.05, False)
    stored = parse_context(old, "c.toml", stored=True)
    assert (stored.task.minimum_lift, stored.arms[0].hosted) == (None, None)
    new = parse_context(f"format = 2\n{old}", "c.toml", stored=True)
    assert (new.task.minimum_lift, new.arms[0].hosted) == (0.05, False)
    assert unsaid(old, "c.toml") == ["minimum_lift = 0.05", "hosted = false"]
    assert unsaid(f"format = 2\n{old}", "c.toml") == []
    assert parse_context(old.replace("false", "true"), "c.toml", stored=True).arms[0].hosted is True


def test_a_format_of_the_future_is_named() -> None:
    with pytest.raises(UsageError, match="format is a whole number from 1 to 2, not 3"):
        parse_context("format = 3\n", "c.toml")


@given(contexts)
def test_what_is_written_is_read_back(context: Context) -> None:
    assert parse_context(write_context(context), "context.toml") == context


def test_an_empty_file_is_all_do_not_know() -> None:
    assert parse_context("", "c.toml") == Context()


def test_the_template_has_every_field_and_says_nothing_until_a_line_is_filled_in() -> None:
    blank = template()
    assert parse_context(blank, "c.toml") == Context()
    lines = [line.split(" = ")[0].removeprefix("# ") for line in blank.splitlines() if " = " in line]
    kinds = (Task, Knowledge, Needs, Traffic, Prices, Model, Value, Data, Arm, Difference, Label)
    assert lines == ["format", *(field.name for kind in kinds for field in fields(kind))]
    filled = blank.replace('# metric = "" ', 'metric = "chrf" ').replace("# target = ", "target = 0.8")
    assert parse_context(filled, "c.toml").task == Task("chrf", 0.8)


def test_whole_numbers_do_for_prices_and_the_contract_example_is_read(tmp_path: Path) -> None:
    path = tmp_path / "c.toml"
    path.write_text(
        '[task]\nmetric = "accuracy"\ntarget = 0.88\nlabels = ["a", "b"]\n[prices]\nhosting_per_month = 0\n'
        '[model]\nparameters = 8.0e9\n[[arm]]\nname = "zero_shot"\nscore = 0.70\nn = 500\n'
    )
    context = read_context(path)
    assert context.labels == (Label("a"), Label("b"))
    assert context.prices.hosting_per_month == 0.0
    assert context.arms == (Arm("zero_shot", 0.7, 500),)


@pytest.mark.parametrize(
    ("toml", "words"),
    [
        ("[task]\ntarjet = 0.9", "did you mean 'target'"),
        ("[taks]\ntarget = 0.9", "did you mean 'task'"),
        ("target = 0.9", "belongs in [task]"),
        ("[task]\ntarget = 88", "write 0.88 for 88 %"),
        ("[task]\ntarget = -0.1", "between 0 and 1"),
        ("[task]\ntarget = nan", "between 0 and 1"),
        ("[task]\ntarget = true", "must be a number"),
        ("[task]\nlabels = 'a'", "list of texts"),
        ("[task]\nmetric = 'acuracy'", "did you mean 'accuracy'"),
        ("[knowledge]\nchanges = 'hourly'", "one of unknown, never, yearly"),
        ("[needs]\noffline = 1", "true or false"),
        ("[traffic]\ncalls_per_month = 1.5", "whole number"),
        ("[traffic]\ncalls_per_month = -1", "0 or more"),
        ("[prices]\ngpu_hour = inf", "0 or more"),
        ("[[arm]]\nname = 'lora'", "needs score and n"),
        ("[[arm]]\nname = 'lora'\nscore = 0.5\nn = 0", "1 or more"),
        ("[arm]\nname = 'lora'", "two brackets"),
        ("task = 3", "must be a section"),
        ("[task", "not a TOML file"),
    ],
)
def test_what_is_wrong_is_said(toml: str, words: str) -> None:
    with pytest.raises(UsageError) as error:
        parse_context(toml, "my.toml")
    assert words in str(error.value)
    assert "my.toml" in str(error.value)


def test_a_missing_or_binary_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"gone\.toml"):
        read_context(tmp_path / "gone.toml")
    (tmp_path / "b.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match="UTF-8"):
        read_context(tmp_path / "b.toml")
