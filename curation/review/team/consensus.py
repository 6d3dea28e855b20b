"""What several reviewers together say about a row, how good each of them is, and which rows need another look.

With label probabilities from a model that never saw the row: CROWDLAB (Goh, Tkachenko and Mueller 2022, by cleanlab),
which weighs the model and every reviewer by how well they agree with the others. Without: the most frequent answer.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from curation.errors import NotChecked
from curation.records import Agreed, Consensus, ReviewerQuality, Vote, Wanted
from curation.review.team.agreement import votes_by_row

Floats = npt.NDArray[np.float64]


def consensus(
    votes: Sequence[Vote], names: Sequence[str] = (), probability: Mapping[str, Sequence[float]] | None = None
) -> Consensus:
    """The consensus on every row with a vote; the order of votes makes no difference.

    `probability` gives for an example the chances of the answers `names` (0..1, summing to 1), from a model that did
    not learn from this row; rows without are taken as equally likely anything. Answers outside `names` get a small
    chance. Raises NotChecked where only one person answered, or no row has two answers.
    """
    rows = votes_by_row(votes)
    reviewers = sorted({vote.reviewer for vote in votes})
    if len(reviewers) < 2:
        raise NotChecked("Only one person has answered so far: a consensus needs two.")
    if all(len(answers) < 2 for answers in rows.values()):
        raise NotChecked("No row has been answered by two people yet.")
    given = sorted({answer for answers in rows.values() for answer in answers.values()})
    known = [*names, *(answer for answer in given if answer not in names)]
    agree = any(count > 1 for answers in rows.values() for count in Counter(answers.values()).values())
    if probability and agree and len(known) > 1:
        return _crowdlab(rows, reviewers, known, _filled(rows, len(names), len(known), probability))
    return _majority(rows, reviewers)


def next_readers(votes: Sequence[Vote], examples: Sequence[str], found: Consensus | None) -> tuple[Wanted, ...]:
    """Which row should be looked at next and by whom, the most wanted first, a line a row.

    First the rows with fewer than two answers, then those whose consensus would gain most. Each goes to the reviewer
    who has not seen it and has the fewest rows so far, these lines counted; among equals the better one. Settled rows
    that everybody agrees on are left out.
    """
    rows = votes_by_row(votes)
    agreed = {row.id: row for row in found.rows} if found else {}
    quality = {person.reviewer: person.quality or 0.0 for person in found.reviewers} if found else {}
    load = Counter(vote.reviewer for vote in votes)

    def need(id: str) -> tuple[int, float, str]:
        row = agreed.get(id)
        return min(len(rows.get(id, {})), 2), row.wanted if row else 0.0, id

    lines = []
    for id in sorted(set(examples), key=need):
        row, seen = agreed.get(id), rows.get(id, {})
        if row and row.votes > 1 and row.backing == row.votes:
            continue
        free = [name for name in load if name not in seen]
        reviewer = min(free, key=lambda name: (load[name], -quality.get(name, 0.0), name)) if free else ""
        load.update([reviewer] if reviewer else [])
        lines.append(Wanted(id, reviewer, len(seen), row.quality if row and row.has_majority else None))
    return tuple(lines)


def _crowdlab(
    rows: Mapping[str, Mapping[str, str]], reviewers: Sequence[str], names: Sequence[str], chances: Floats
) -> Consensus:
    # Here, not above: importing cleanlab takes over a second, which every command would wait for.
    from cleanlab.multiannotator import get_label_quality_multiannotator

    number = {name: n for n, name in enumerate(names)}
    ids = sorted(rows)
    table = np.array([[number.get(rows[id].get(person, ""), np.nan) for person in reviewers] for id in ids])
    told = get_label_quality_multiannotator(table, chances, verbose=False, return_weights=True)
    answers = [names[int(n)] for n in told["label_quality"]["consensus_label"]]
    quality = np.clip(told["label_quality"]["consensus_quality_score"].to_numpy(dtype=np.float64), 0.0, 1.0)
    people = np.clip(told["annotator_stats"].sort_index()["annotator_quality"].to_numpy(dtype=np.float64), 0.0, 1.0)
    trust, model = np.asarray(told["annotator_weight"], dtype=np.float64), float(told["model_weight"])
    # ActiveLab (Goh and Mueller 2023): the quality drawn towards chance by what one more answer would weigh.
    heard = (~np.isnan(table)) @ trust + model
    wanted = (quality * heard + trust.mean() / len(names)) / (heard + trust.mean())
    agreed = [
        Agreed(id, answer, float(q), len(rows[id]), list(rows[id].values()).count(answer), float(w))
        for id, answer, q, w in zip(ids, answers, quality, wanted, strict=True)
    ]
    return Consensus(tuple(agreed), _people(rows, reviewers, agreed, dict(zip(reviewers, people.tolist()))), True)


def _majority(rows: Mapping[str, Mapping[str, str]], reviewers: Sequence[str]) -> Consensus:
    """The most frequent answer, among equals the one more frequent overall; quality by Laplace's rule of succession."""
    overall = Counter(answer for answers in rows.values() for answer in answers.values())
    agreed = []
    for id in sorted(rows):
        counts = Counter(rows[id].values())
        answer = min(counts, key=lambda name: (-counts[name], -overall[name], name))
        n, backing = len(rows[id]), counts[answer]
        quality = (backing + 1) / (n + 2)
        agreed.append(Agreed(id, answer, quality, n, backing, quality))
    return Consensus(tuple(agreed), _people(rows, reviewers, agreed, {}), False)


def _people(
    rows: Mapping[str, Mapping[str, str]],
    reviewers: Sequence[str],
    agreed: Sequence[Agreed],
    quality: Mapping[str, float],
) -> tuple[ReviewerQuality, ...]:
    """Without a quality by the model: the share of the others' answers on the same rows that are theirs too."""
    answer = {row.id: row.answer for row in agreed if row.has_majority}
    people = []
    for name in reviewers:
        own = {id: answers[name] for id, answers in rows.items() if name in answers}
        shared = [id for id in own if len(rows[id]) > 1]
        others = [(own[id], other) for id in shared for person, other in rows[id].items() if person != name]
        same = sum(mine == other for mine, other in others) / len(others) if others else None
        told = [id for id in shared if id in answer]
        agreeing = sum(own[id] == answer[id] for id in told)
        figure = quality.get(name, same) if told else None
        people.append(ReviewerQuality(name, figure, len(own), len(shared), agreeing, len(told)))
    return tuple(people)


def _filled(
    rows: Mapping[str, Mapping[str, str]], given: int, classes: int, probability: Mapping[str, Sequence[float]]
) -> Floats:
    """Chances for every row, shape (rows in id order, classes), none zero, each line summing to 1."""
    chances = np.full((len(rows), classes), 1 / classes)
    for n, id in enumerate(sorted(rows)):
        line = np.asarray(probability.get(id, ()), dtype=np.float64)
        if len(line) == given and np.isfinite(line).all() and line.sum() > 0:
            chances[n] = np.concatenate([line, np.zeros(classes - given)])
    chances = np.clip(chances, 1e-6, None)
    normed: Floats = chances / chances.sum(axis=1, keepdims=True)
    return normed
