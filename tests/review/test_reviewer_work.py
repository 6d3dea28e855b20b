"""How people reviewed: their pace without pauses, and what somebody else decided otherwise."""

from pathlib import Path

from curation.project import Project
from curation.records import Action, Decision, ReviewerWork, dataset
from curation.review.team.overturned import overturned
from curation.store import database
from curation.store.rows import reviewers


def made(*acts: tuple[str, str, Action, str]) -> list[Decision]:
    return [Decision(row, action, value, who, seq=n + 1) for n, (row, who, action, value) in enumerate(acts)]


def test_a_row_is_overturned_when_somebody_else_says_otherwise_later() -> None:
    decisions = made(
        ("a", "ann", "accept", ""), ("a", "bo", "label", "x"), ("a", "cy", "label", "x"),
        ("b", "ann", "label", "y"), ("b", "bo", "accept", ""),
        ("c", "ann", "reject", ""), ("c", "ann", "accept", ""), ("c", "bo", "reject", ""),
        ("d", "ann", "label", "y"), ("d", "bo", "edit", "{}"),
    )  # fmt: skip
    assert overturned(decisions) == ({"ann": 4, "bo": 1}, {"ann": 2})
    taken_back = [*made(("e", "ann", "accept", ""), ("e", "bo", "reject", "")), Decision("e", "undo", "2", "bo", seq=3)]
    assert overturned(taken_back) == ({}, {})


def test_pace_counts_the_time_at_work_and_no_pause(tmp_path: Path) -> None:
    with Project.open(tmp_path / "project", create=True) as project:
        project.examples.store(dataset([{"input": f"question {n}", "output": "yes"} for n in range(8)]))
        ids = [str(id) for id in project.examples.dataset().values("id")]
        for id in ids[:6]:
            project.decisions.decide(id, "accept", 0, reviewer="ann")
        project.decisions.decide(ids[0], "reject", 1, reviewer="bo")
        project.decisions.decide_all([(ids[7], "accept", "")], "bo", "in bulk")
        at = [0, 10, 20, 1000, 1010, 1015, 1015]  # a pause of 16 minutes after the third
        with database.write(project.place.engine) as connection:
            stored = connection.exec_driver_sql("SELECT seq FROM history ORDER BY seq").scalars().all()
            for seq, second in zip(stored, at):
                time = f"2026-01-01T00:{second // 60:02}:{second % 60:02}+00:00"
                connection.exec_driver_sql("UPDATE history SET at = ? WHERE seq = ?", (time, seq))
            assert reviewers.paces(connection, 120) == [("ann", 6, 4, 35), ("bo", 1, 0, 0)]
        assert project.rounds.work() == [ReviewerWork("ann", 6, 4, 35, 1, 1), ReviewerWork("bo", 1, 0, 0)]
