"""Looking for rows: every filter, order and page; what people wrote on them; whom a queue gives a row."""

from collections.abc import Callable
from pathlib import Path
from threading import Thread

import pytest
from old_projects import changed, project_of_version

from curation.errors import UsageError
from curation.project import Project
from curation.records import Filter
from curation.store import database, rounds
from curation.ui.review import disputes

TEXTS = (
    "please send my money back,refund",
    "Refunded twice for order 12,refund",
    "where is my parcel today,delivery",
    "我的包裹在哪里,delivery",
    "包里没有收据,account",
    "reset the password please,account",
)


@pytest.fixture
def rows(project_of: Callable[..., Project]) -> Project:
    return project_of({"mixed.csv": "text,category\n" + "\n".join(TEXTS) + "\n"})


def found(project: Project, **filter: object) -> list[int]:
    """The places in the file (from 0) of the rows a filter finds."""
    page = project.rows.stored.page(Filter(**filter), "loaded", None, 50)  # type: ignore[arg-type]
    assert len(page) == project.rows.stored.counts(Filter(**filter))[0]  # type: ignore[arg-type]
    return [row.example.row for row in page]


SEARCHES = [
    ("words", "money SEND", [0]),
    ("words", "refund", [0, 1]),  # the start of a word is enough; of a set with labels the output is the label
    ("words", "fund", []),
    ("words", "包裹", [3]),
    ("words", "包", [3, 4]),
    ("words", "包里", [4]),
    ("words", "?!", []),
    ("words", '"please" OR', []),  # no language of its own: both words are wanted
    ("exact", "my p", [2]),
    ("exact", "%", []),
    ("regex", r"\d{2}$", [1]),
    ("regex", "^(where|reset)", [2, 5]),
    ("regex", "(?i)REFUNDED", [1]),
]


@pytest.mark.parametrize("is_indexed", [False, True])
def test_a_text_is_found_by_words_as_written_and_by_pattern(rows: Project, is_indexed: bool) -> None:
    if is_indexed:
        rows.rows.index()
        assert rows.rows.stored.unindexed() == 0
    for search, text, expected in SEARCHES:
        assert found(rows, text=text, search=search) == expected, (search, text)
    rows.close()


def test_an_edited_text_is_found_as_it_stands_now(rows: Project) -> None:
    rows.rows.index()
    id = rows.rows.stored.ids(Filter())[0]
    assert found(rows, text="send", search="regex") == [0]
    rows.decisions.decide(id, "edit", 0, '{"input": "a parcel of gold"}')
    for search in ("words", "exact", "regex"):
        assert found(rows, text="gold", search=search) == [0]
        assert found(rows, text="money", search=search) == []
    rows.decisions.undo()
    assert found(rows, text="money", search="words") == [0]
    rows.close()


def test_a_pattern_that_cannot_be_read_is_a_sentence_and_a_hostile_one_is_quick(rows: Project) -> None:
    for pattern, why in (("(", "missing"), ("(?=x)", "looking ahead"), ("x" * 2_000, "at most 1,000")):
        with pytest.raises(UsageError, match=why):
            found(rows, text=pattern, search="regex")
    rows.decisions.decide(rows.rows.stored.ids(Filter())[0], "edit", 0, '{"input": "' + "a" * 20_000 + '!"}')
    assert found(rows, text="^(a+)+$", search="regex") == []  # for hours in a backtracking engine
    rows.close()


def test_every_order_shows_every_row_once_on_pages_of_any_size(project: Project) -> None:
    ids = project.rows.stored.ids(Filter())
    for n in (3, 1, 7):
        project.decisions.decide(ids[n], "label", 0, "refund", "Ann")
    project.decisions.decide(ids[7], "edit", 1, '{"input": "short"}', "Bob")
    for sort in ("loaded", "newest", "longest", "shortest", "label", "decided", "surest"):
        whole = [row.example.id for row in project.rows.stored.page(Filter(), sort, None, 50)]
        assert sorted(whole) == sorted(ids)
        seen, after = [], None
        while page := project.rows.stored.page(Filter(), sort, after, 2):
            seen += [row.example.id for row in page]
            after = (page[-1].key, page[-1].example.seq)
        assert seen == whole, sort
    assert project.rows.stored.page(Filter(), "shortest", None, 1)[0].example.id == ids[7]
    assert project.rows.stored.page(Filter(), "newest", None, 1)[0].example.id == ids[-1]
    assert project.rows.stored.page(Filter(), "label", None, 1)[0].example.label == "account"


def test_filters_ask_who_decided_when_how_long_and_from_which_file(project: Project, tmp_path: Path) -> None:
    more = tmp_path / "more.csv"
    more.write_text("text,category\na much longer question about the colour of the box we sent back,delivery\n")
    project.examples.load(more)
    ids = project.rows.stored.ids(Filter())
    project.decisions.decide(ids[0], "accept", 0, reviewer="Ann")
    project.decisions.decide(ids[1], "reject", 0, reviewer="Bob")
    project.decisions.decide(ids[2], "accept", 0, reviewer="Bob")
    project.decisions.undo("Bob")
    stored = project.rows.stored
    second = stored.page(Filter(source=2), "loaded", None, 9)
    assert [row.example.source for row in second] == ["more.csv"]
    assert stored.ids(Filter(reviewer="Bob")) == [ids[1]]  # what was taken back is no decision
    assert stored.ids(Filter(reviewer="Ann", status="accepted")) == [ids[0]]
    today = project.decisions.of(ids[0])[0].at[:10]
    assert stored.ids(Filter(since=today, until=today, status="rejected")) == [ids[1]]
    assert stored.ids(Filter(since="2999-01-01")) == stored.ids(Filter(until="1999-01-01")) == []
    assert stored.ids(Filter(shortest=60)) == [ids[9]]
    assert stored.ids(Filter(longest=30, label="delivery")) == []
    assert stored.counts(Filter()) == (10, 8)
    assert stored.reviewers() == ["Ann", "Bob"]


def test_notes_tags_and_sent_rows_stay_with_the_row_and_in_the_chain(project: Project) -> None:
    ids = project.rows.stored.ids(Filter())
    project.rows.note(ids[0], "asked the shop", "Ann")
    project.rows.tag(ids[:2], "urgent", "Ann")
    project.rows.tag(ids[:1], "urgent", "Bob")
    project.rows.untag(ids[1:2], "urgent", "Bob")
    project.rows.send(ids[3:5], "Bob", "Ann", "is this still so?")
    assert project.rows.stored.tags() == [("urgent", 1)]
    assert project.rows.stored.ids(Filter(tag="urgent")) == ids[:1]
    queue = project.decisions.queue
    assert [one.id for _, one in queue.page(Filter("all", assigned="Bob"), -1, 9)] == ids[3:5]
    project.decisions.decide(ids[3], "accept", 0, reviewer="Ann")
    project.decisions.decide(ids[4], "accept", 0, reviewer="Bob")
    assert [one.id for _, one in queue.page(Filter("all", assigned="Bob"), -1, 9)] == ids[3:4]
    assert queue.total(Filter("all", assigned="Bob")) == 1
    story = [(line.moment, line.by, line.value) for line in project.rows.story(ids[0])]
    assert story[0] == ("imported", "", "tickets.csv, row 1")
    assert story[1:] == [("noted", "Ann", "asked the shop"), ("tagged", "Ann", "urgent")]
    assert project.rows.story(ids[3])[1].reason == "is this still so?"
    assert project.place.verify().is_intact
    with pytest.raises(UsageError, match="1 to 60"):
        project.rows.tag(ids[:1], "x" * 61, "Ann")
    with pytest.raises(UsageError, match="not in the project"):
        project.rows.note("nowhere", "x", "Ann")


def test_the_story_says_what_was_edited_from_what_and_what_was_taken_back(project: Project) -> None:
    id = project.rows.stored.ids(Filter())[0]
    project.decisions.decide(id, "edit", 0, '{"input": "new"}', "Ann", "typo")
    project.decisions.decide(id, "label", 1, "account", "Bob")
    project.decisions.undo("Bob")
    edited, labelled, undone = [line for line in project.rows.story(id) if line.moment == "decided"]
    assert (edited.before, edited.after) == ({"input": "please send my money back"}, {"input": "new"})
    assert (edited.reason, edited.undone) == ("typo", False)
    assert (labelled.value, labelled.before, labelled.undone) == ("account", {"label": "refund"}, True)
    assert (undone.action, undone.after) == ("undo", {"label": "refund"})


def test_a_filter_is_taken_away_as_it_stands_and_no_cell_runs_in_a_spreadsheet(project: Project) -> None:
    id = project.rows.stored.ids(Filter())[0]
    project.decisions.decide(id, "edit", 0, '{"input": "=1+1"}', "Ann")
    text = project.rows.taken(Filter(label="refund"), "csv").decode()
    assert text.splitlines()[0].startswith("id,input,output,label,decision,decided_by")
    assert len(text.splitlines()) == 4
    assert "'=1+1" in text
    assert project.rows.taken(Filter(), "parquet")[:4] == b"PAR1"


def test_the_rows_people_of_a_round_answered_differently_are_a_filter(project: Project) -> None:
    ids = project.rows.stored.ids(Filter())
    with database.write(project.place.engine) as connection:
        number = rounds.add_round(connection, "team", {}, [(id, "", 1.0) for id in ids[:3]], "2026-01-01T00:00:00")
        for reviewer, answers in (("Ann", "aba"), ("Bob", "abb")):
            for id, answer in zip(ids, answers, strict=False):
                rounds.add_vote(connection, number, rounds.NewVote(id, reviewer, answer), "2026-01-01T00:00:00")
    assert project.rows.stored.ids(Filter(disputed=True)) == [ids[2]]
    assert [one.id for _, one in project.decisions.queue.page(Filter("all", disputed=True), -1, 9)] == [ids[2]]

    # whoever settles one sees both answers and what was written, side by side; nobody else's queue shows them
    project.rows.note(ids[2], "two things at once", "Ann")
    project.rows.send([ids[2]], "Cho", "Bob", "please decide")
    row = project.examples.stored.get_all([ids[2]])
    answered, wrote = disputes.of(project, Filter("all", disputed=True), row)[ids[2]]
    assert [(line["runs"][0][1], line["answer"]) for line in answered["lines"]] == [("Ann", "a"), ("Bob", "b")]
    assert [line["answer"] for line in wrote["lines"]] == ["two things at once", "please decide"]
    assert disputes.of(project, Filter("all"), row) == {}


def test_two_sessions_on_one_queue_never_get_the_same_row(tmp_path: Path) -> None:
    path = tmp_path / "many.csv"
    path.write_text("text,category\n" + "".join(f"question number {n},{'ab'[n % 2]}\n" for n in range(90)))
    Project.open(tmp_path / "many", create=True).examples.load(path)
    decided: dict[str, list[str]] = {"one": [], "two": []}

    def session(who: str) -> None:
        with Project.open(tmp_path / "many") as project:
            while len(decided[who]) < 40:
                for _, example in project.decisions.queue.claim(Filter("all"), who, 4):
                    project.decisions.decide(example.id, "accept", example.version, reviewer=who)
                    decided[who].append(example.id)

    threads = [Thread(target=session, args=(who,)) for who in decided]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [len(ids) for ids in decided.values()] == [40, 40]
    assert len({*decided["one"], *decided["two"]}) == 80


def test_a_claim_ends_with_its_time_with_release_and_with_a_decision(project: Project) -> None:
    queue, every = project.decisions.queue, Filter("all")
    mine = [one.id for _, one in queue.claim(every, "me", 3)]
    assert [one.id for _, one in queue.claim(every, "me", 3)] == mine
    others = [one.id for _, one in queue.claim(every, "you", 9)]
    assert len(others) == 6
    assert not {*mine} & {*others}
    assert queue.claim(every, "third", 1) == []
    queue.release("me")
    assert [one.id for _, one in queue.claim(every, "third", 9)] == mine
    with database.write(project.place.engine) as connection:
        connection.exec_driver_sql("UPDATE claims SET until = 1 WHERE holder = 'you'")
    assert [one.id for _, one in queue.claim(every, "me", 9)] == others
    project.decisions.decide_all([(id, "accept", "") for id in mine], "Ann")
    with database.read(project.place.engine) as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM claims").scalar() == 6


@pytest.mark.only_sqlite
def test_a_project_of_an_earlier_version_can_be_searched_and_tagged(project: Project, tmp_path: Path) -> None:
    tables = "".join(f"DROP TABLE {name};" for name in ("words", "tags", "assigned", "claims"))
    indexes = "".join(f"DROP INDEX {name};" for name in ("events_example", "history_reviewer", "states_edited"))
    project.close()
    changed(project.folder, f"{tables}{indexes}UPDATE about SET value = '5' WHERE key = 'schema_version'")
    for folder, text, hits in ((project.folder, "parcel", 1), (project_of_version(4, tmp_path / "old"), "zebra", 0)):
        with Project.open(folder) as old:
            assert old.rows.stored.counts(Filter(text=text, search="words"))[0] == hits
            old.rows.index()
            assert old.rows.stored.counts(Filter(text=text, search="words"))[0] == hits
            old.rows.tag(old.rows.stored.ids(Filter())[:1], "seen", "Ann")
            assert old.place.verify().is_intact
