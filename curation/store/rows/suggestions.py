"""The likeliest labels of rows that have none: derived, replaced as a whole each time a model has learned anew."""

import json
from collections.abc import Sequence

from sqlalchemy import Connection, delete, func, select

from curation.records import Guess
from curation.store.database import bump, insert_rows
from curation.store.database.schema import examples, history, results, sources, states, suggestions
from curation.store.examples import JOINED, label_now, status_now, unlabelled_now


def texts(connection: Connection, most: int) -> tuple[list[tuple[str, str, str]], list[tuple[int, str]]]:
    """(id, input, label) of the rows that have a label and are not left out, and (number, input) of those not labelled
    yet; up to `most` of each, in the order of the set."""
    text = func.coalesce(states.c.input, examples.c.input)
    query = select(examples.c.seq, examples.c.id, text, label_now.label("label"))
    query = query.select_from(JOINED).where(sources.c.active).order_by(examples.c.seq).limit(most)
    given = connection.execute(query.where(label_now.is_not(None), status_now != "rejected"))
    bare = connection.execute(query.where(unlabelled_now()))
    return [(id, text, label) for _, id, text, label in given], [(number, text) for number, _, text, _ in bare]


def labelled_at(connection: Connection) -> dict[str, tuple[str, bool]]:
    """By example that people gave a label: when the first time (UTC text), and whether in bulk."""
    first = select(history.c.example, func.min(history.c.seq).label("seq")).where(history.c.action == "label")
    chosen = first.group_by(history.c.example).subquery()
    query = select(examples.c.id, history.c.at, history.c.batch != "").join(
        examples, examples.c.seq == history.c.example
    )
    query = query.join(chosen, (chosen.c.example == history.c.example) & (chosen.c.seq == history.c.seq))
    return {id: (at, bool(in_bulk)) for id, at, in_bulk in connection.execute(query)}


def first_learned(connection: Connection, kind: str) -> str | None:
    """When labels were suggested for the first time (UTC text); None before."""
    found: str | None = connection.scalar(select(func.min(results.c.at)).where(results.c.kind == kind))
    return found


def replace(connection: Connection, guesses: Sequence[tuple[int, Sequence[Guess]]]) -> None:
    """Store the guesses of each row (by its number), likeliest first, in place of all before."""
    connection.execute(delete(suggestions))
    order = sorted(range(len(guesses)), key=lambda n: (guesses[n][1][0].probability, guesses[n][0]))
    hardest = {n: place for place, n in enumerate(order)}
    lines = [
        (number, json.dumps([[one.label, one.probability] for one in said]), hardest[n], len(order) - 1 - hardest[n])
        for n, (number, said) in enumerate(guesses)
    ]
    insert_rows(connection, suggestions, ("example", "guesses", "hardest", "likeliest"), lines)
    bump(connection)


def of_examples(connection: Connection, ids: Sequence[str]) -> dict[str, list[Guess]]:
    """The guesses of these examples, likeliest first; none for those without."""
    query = select(examples.c.id, suggestions.c.guesses).join(examples, examples.c.seq == suggestions.c.example)
    rows = connection.execute(query.where(examples.c.id.in_(ids)))
    return {id: [Guess(label, probability) for label, probability in json.loads(guesses)] for id, guesses in rows}
