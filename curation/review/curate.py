"""Decisions applied to a dataset: what people said and what follows from it. Pure and total."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from curation.records import DATASET_SCHEMA, Clusters, Dataset, Decision, has_labels, has_texts, outputs_are_labels
from curation.review.state import State, state_of
from curation.text.turns import exchange, kept, last_answer, turns_in, with_text
from curation.text.turns.conversation import before_turns, lead_of, question_of
from curation.text.turns.exact import compact

__all__ = ["REMOVED_SCHEMA", "Curated", "State", "collapse", "curate", "removed_rows", "state_of"]

REMOVED_SCHEMA = pa.schema(
    [
        *(DATASET_SCHEMA.field(name) for name in ("id", "input", "output", "label", "source", "row")),
        ("reason", pa.string()),
        ("keeper", pa.string()),
        ("similarity", pa.float64()),
    ]
)
"""A row left out of the training set and why; `keeper` and `similarity` (0..1) only where a duplicate stays for it."""


@dataclass(frozen=True)
class Curated:
    """A dataset with people's decisions applied.

    `dataset` holds the rows not rejected, in their order and under their ids; `removed` the rejected ones, with
    REMOVED_SCHEMA. `states` are the states of all decided examples by id. `unknown` counts decisions on ids that are
    not in the dataset, `unreadable` those that could not be applied.
    """

    dataset: Dataset
    removed: pa.Table
    states: Mapping[str, State]
    unknown: int = 0
    unreadable: int = 0


def curate(
    dataset: Dataset, decisions: Iterable[Decision], declared: bool = False, classification: bool | None = None
) -> Curated:
    """The dataset as people left it: labels and edits applied, rejected rows set apart.

    Decisions may come in any order; each example's are replayed by seq. In a classification set the output is the
    label, so a new label is the new output too (and an edited output the new label). Whether it is one is settled here,
    from the labels of the files, those `declared` elsewhere and those people gave, unless these are rows of a set of
    which that is known (`classification`).
    """
    by_example: dict[str, list[Decision]] = {}
    for decision in decisions:
        by_example.setdefault(decision.example, []).append(decision)
    ids = dataset.values("id") if by_example else []
    known = [name for name in ids if name in by_example]
    states = {name: state_of(sorted(by_example[name], key=lambda d: d.seq)) for name in known}
    settled = _classification(dataset, states, declared) if classification is None else classification
    whole = _with_changes(replace(dataset, classification=settled), states)
    rejected = [name in states and states[name].status == "rejected" for name in ids]
    out = whole.table.filter(pa.array(rejected, pa.bool_())) if ids else whole.table.slice(0, 0)
    because = [states[name] for name in out["id"].to_pylist()]
    reasons = [f"rejected in review: {state.reason}" if state.reason else "rejected in review" for state in because]
    keepers, similarities = [state.keeper for state in because], [state.similarity for state in because]
    return Curated(
        dataset=whole.where([not gone for gone in rejected]) if rejected else whole,
        removed=removed_rows(out, reasons, keepers, similarities),
        states=states,
        unknown=sum(len(made) for name, made in by_example.items() if name not in states),
        unreadable=sum(state.unreadable for state in states.values()),
    )


def removed_rows(
    rows: pa.Table,
    reasons: Sequence[str],
    keepers: Sequence[str | None] | None = None,
    similarities: Sequence[float | None] | None = None,
) -> pa.Table:
    """Dataset rows as rows of REMOVED_SCHEMA: one reason each, and a keeper and similarity (0..1) for duplicates."""
    nothing = [None] * rows.num_rows
    columns = {name: rows[name] for name in REMOVED_SCHEMA.names[:6]}
    columns["reason"] = list(reasons)
    columns["keeper"] = nothing if keepers is None else list(keepers)
    columns["similarity"] = nothing if similarities is None else list(similarities)
    return pa.table(columns, schema=REMOVED_SCHEMA)


def _classification(dataset: Dataset, states: Mapping[str, State], declared: bool) -> bool:
    given = sum(state.label is not None for state in states.values())
    written = sum(state.writes_output for state in states.values())
    return outputs_are_labels(has_labels(dataset.table), has_texts(dataset.table), declared, given, written)


def _with_changes(dataset: Dataset, states: Mapping[str, State]) -> Dataset:
    changed = [name for name, state in states.items() if state.is_changed]
    if not changed:
        return dataset
    positions = np.flatnonzero(pc.is_in(dataset.table["id"], value_set=pa.array(changed, pa.string())))
    is_classification = dataset.is_classification
    rows = [_applied(row, states[row["id"]], is_classification) for row in dataset.table.take(positions).to_pylist()]
    order = np.arange(len(dataset))
    order[positions] = len(dataset) + np.arange(len(rows))
    both = pa.concat_tables([dataset.table, pa.Table.from_pylist(rows, schema=dataset.table.schema)])
    return replace(dataset, table=both.take(pa.array(order)))


def _applied(row: dict[str, Any], state: State, is_classification: bool) -> dict[str, Any]:
    output_is_label = (
        row["output"] == row["label"] if row["label"] is not None else (is_classification and not row["output"].strip())
    )
    new = dict(row)
    if state.input is not None:
        new["input"] = state.input
    if state.output is not None:
        new["output"] = state.output
        if output_is_label and is_classification:
            new["label"] = state.output if state.output.strip() else None
    if state.label is not None:
        new["label"] = state.label
        if output_is_label:
            new["output"] = state.label
    new["meta"] = _with_structure(row, new)
    return new


def _with_structure(row: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    # What a row keeps in meta beside its texts would bring the old text back on export, left as it was.
    if (row["input"], row["output"]) == (new["input"], new["output"]) or row["meta"] == "{}":
        return str(row["meta"])
    meta = kept(row["meta"])
    turns = turns_in(meta)
    if turns is not None:
        edited = _edited_turns(turns, row, new)
        joined = [turn.get("role") for turn in edited] != [turn.get("role") for turn in turns]
        stale = {"system", "history", "instruction"} if joined else set()
        return compact({name: meta[name] for name in meta if name not in stale} | {"messages": edited})
    stale = _stale(meta, str(row["input"]), str(new["input"]))
    return compact({name: meta[name] for name in meta if name not in stale}) if stale else str(row["meta"])


def _stale(meta: Mapping[str, Any], old: str, new: str) -> set[str]:
    """The names in `meta` of what stands in the new text only as text: it was edited as one with the rest."""
    system, history = meta.get("system"), meta.get("history")
    before = before_turns(system if isinstance(system, str) else None, history)
    lead = lead_of(before)
    if before and old.startswith(lead) and not new.startswith(lead):
        return {"system", "history", "instruction"} & meta.keys()
    instruction = meta.get("instruction")
    if isinstance(instruction, str) and not question_of(new, before).startswith(instruction):
        return {"instruction"}
    return set()


def _edited_turns(turns: list[dict[str, Any]], row: Mapping[str, Any], new: Mapping[str, Any]) -> list[dict[str, Any]]:
    last = last_answer(turns) or 0
    asked = str(turns[last - 1].get("content") or "") if last else ""
    lead = str(row["input"]).removesuffix(asked)
    if not last or not asked or not new["input"].startswith(lead) or lead + asked != row["input"]:
        if row["input"] == new["input"] and last_answer(turns) is not None:
            return [*turns[:last], with_text(turns[last], new["output"]), *turns[last + 1 :]]
        # Earlier turns were edited as one text with the rest, so they can only go out as one turn.
        return exchange(new["input"], new["output"])
    edited = list(turns)
    if new["input"] != row["input"]:
        edited[last - 1] = with_text(turns[last - 1], new["input"].removeprefix(lead))
    if new["output"] != row["output"]:  # else a turn of tool calls would get their rendering for its content
        edited[last] = with_text(turns[last], new["output"])
    return edited


Jaccard = Callable[[Sequence[tuple[str, str]]], Sequence[float]]
"""The exact similarities (0..1) of pairs of example ids."""

Reason = tuple[str, str | None, float | None]
"""Why a row is left out, the row that stays for it, and their similarity (0..1)."""


@dataclass(frozen=True)
class _Member:
    id: str
    similarity: float
    kind: str
    label: str | None


def collapse(
    dataset: Dataset, clusters: Clusters, states: Mapping[str, State] | None = None, jaccard: Jaccard | None = None
) -> tuple[Dataset, pa.Table]:
    """The training rows of a curated dataset, and the rows left out (REMOVED_SCHEMA), each naming why.

    Left out are rows of a classification set that nobody labelled yet, and rows that only repeat their cluster's
    keeper (kinds exact and near). A row stays when it is pinned, when a person edited its text, or when its label is
    not the keeper's. The keeper is the row a person chose (if that one could have been removed itself), else the
    cluster's own, else, when that is gone, the row most like it.
    Rows were compared with the cluster's own keeper only. Under another keeper their similarity comes from `jaccard`;
    without it a row goes only if it must reach the clusters' own threshold: 1 - Jaccard is a metric (Lipkus 1999), so
    J(a, c) >= J(a, b) + J(b, c) - 1, and that bound is the similarity given.
    """
    states = states or {}
    labels = dict(zip(dataset.values("id"), dataset.values("label"), strict=True))
    unlabelled = {name for name, label in labels.items() if label is None} if dataset.is_classification else set()
    present = {name: label for name, label in labels.items() if name not in unlabelled}
    gone: dict[str, Reason] = dict.fromkeys(unlabelled, ("not labelled yet", None, None))
    threshold = float(clusters.settings.get("threshold", 1.0))
    for keeper, members in _removable(clusters, present).items():
        gone |= _repeats(keeper, members, states, threshold, jaccard)
    leaving = [name in gone for name in labels]
    out = dataset.table.filter(pa.array(leaving, pa.bool_()))
    reasons, keepers, similarities = zip(*(gone[name] for name in out["id"].to_pylist())) if gone else ((), (), ())
    removed = removed_rows(out, reasons, keepers, similarities)
    return dataset.where([not left for left in leaving]), removed


def _removable(clusters: Clusters, present: Mapping[str, str | None]) -> dict[str, list[_Member]]:
    """By keeper: the rows still present that may stand for one another, the keeper among them."""
    groups: dict[str, list[_Member]] = {}
    columns = (clusters.table[name].to_pylist() for name in ("id", "keeper", "similarity", "kind"))
    for name, keeper, similarity, kind in zip(*columns, strict=True):
        if name in present and (kind in ("exact", "near") or (name == keeper and kind != "unique")):
            groups.setdefault(keeper, []).append(_Member(name, similarity, kind, present[name]))
    return {keeper: members for keeper, members in groups.items() if len(members) > 1}


def _repeats(
    old: str, members: list[_Member], states: Mapping[str, State], threshold: float, jaccard: Jaccard | None
) -> dict[str, Reason]:
    keeper = _keeper(old, members, states)
    pairs = [m for m in members if m.id != keeper.id and m.label == keeper.label and not _stays(states.get(m.id))]
    if keeper.id == old:
        similarities: Sequence[float] = [m.similarity for m in pairs]
    elif jaccard is not None:
        similarities = jaccard([(m.id, keeper.id) for m in pairs])
    else:
        similarities = [max(0.0, round(m.similarity + keeper.similarity - 1.0, 9)) for m in pairs]
    repeats: dict[str, Reason] = {}
    for member, similarity in zip(pairs, similarities, strict=True):
        if keeper.id == old or member.id == old or similarity >= threshold:
            is_exact = all(m.kind == "exact" for m in (member, keeper) if m.id != old)
            repeats[member.id] = ("exact duplicate" if is_exact else "near-duplicate", keeper.id, float(similarity))
    return repeats


def _keeper(old: str, members: list[_Member], states: Mapping[str, State]) -> _Member:
    chosen = [m for m in members if (state := states.get(m.id)) and state.pinned == "keeper"]
    if chosen:
        return max(chosen, key=lambda m: (states[m.id].pinned_at, m.id))
    return min(members, key=lambda m: (m.id != old, -m.similarity, m.id))


def _stays(state: State | None) -> bool:
    return state is not None and (state.pinned != "" or state.input is not None or state.output is not None)
