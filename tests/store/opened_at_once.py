"""Run by test_old_schemas.py: opens a project of every earlier version in PROCESSES forked children at the same time.

`python opened_at_once.py FOLDER PROCESSES` prints by version what each child saw: rows, decisions, fault. With
CURATION_STORE the versions are one, that before the step made up for servers.
"""

import json
import os
import sys
from pathlib import Path

from curation.project import Project
from curation.project.place import stores
from curation.records import dataset
from curation.store import database, decisions
from curation.store.database.schema import SCHEMA_VERSION
from tests.store.old_projects import is_up_to_date, make_step_up, project_of_version, taken_back_a_version


def seen(folder: Path) -> tuple[int, int, str]:
    """(rows, decisions, what is wrong with the record) of a project that is opened."""
    with Project.open(folder) as project, database.read(project.place.engine) as connection:
        made = len(decisions.all_decisions(connection))
        return len(project.examples.dataset()), made, project.place.verify().fault


def opened(folder: Path, processes: int) -> list[tuple[int, int, str]]:
    """What each of so many children saw that open the project when all are there."""
    start, told = os.pipe(), os.pipe()
    children = []
    for _ in range(processes):
        children.append(os.fork())
        if children[-1] == 0:
            os.close(start[1])
            os.read(start[0], 1)  # ends when the parent lets go
            os.write(told[1], f"{json.dumps(seen(folder))}\n".encode())
            os._exit(0)
    for end in (start[1], start[0], told[1]):
        os.close(end)
    with os.fdopen(told[0]) as said:
        answers = [json.loads(line) for line in said]
    assert [os.waitpid(child, 0)[1] for child in children] == [0] * processes
    return answers


def on_server(folder: Path, processes: int) -> None:
    """Open a project on a server that lacks the step made up."""
    make_step_up()
    with Project.open(folder, create=True) as project:
        project.examples.store(dataset([{"input": f"question {n}", "output": "answer"} for n in range(5)]))
        for id in list(project.examples.dataset().values("id"))[:3]:
            project.decisions.decide(id, "accept", 0)
        taken_back_a_version(project.place.engine)
        answers = opened(folder, processes)
        with database.read(project.place.engine) as connection:
            assert is_up_to_date(connection)
    print(json.dumps({SCHEMA_VERSION - 1: answers}))


def main(folder: Path, processes: int) -> None:
    if stores.chosen(None):
        on_server(folder / "project", processes)
        return
    seen(project_of_version(4, folder / "first"))  # what it fills is there for all children: a quarter of a second each
    versions = range(1, SCHEMA_VERSION)
    print(json.dumps({v: opened(project_of_version(v, folder / str(v)), processes) for v in versions}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
