"""What is done with rows once they are read: each verb in a project of its own."""

import warnings
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import fields, replace
from os import PathLike
from pathlib import Path
from typing import Any, Literal

from curation.api.reading import Pairs, read
from curation.api.workspace import passing, standing
from curation.errors import GateNotPassed, UsageError, nearest
from curation.export import Layout, Manifest, check_formats, check_place, lost_lines, read_approval
from curation.project import Project
from curation.project.duplicates import Duplicates
from curation.project.exports import Exports
from curation.project.findings import Checks
from curation.records import Clusters, Dataset, Filter, Findings, Verdict
from curation.records.context import Context, context_from, context_text, parse_context, unsaid
from curation.records.progress import Progress, ignore
from curation.wording import counted

Declared = Context | Mapping[str, Any] | str | PathLike[str]
"""What people know of the task: a Context, its sections as dicts, or the path of a context file."""
BESIDE = ("against", "knowledge", "date")


def deduplicate(pairs: Pairs, progress: Progress = ignore, **settings: Any) -> Clusters:
    """Near-duplicates: `.kept` are the rows without repeats, `.removed` the repeats, `.to_pandas()` every row with its
    cluster.

    `settings` are those of `curation dedup`: `threshold`, `on`, `shingle`, `keeper`, `seed` ... Rows that contradict
    each other, or differ in a number, a name or a negation, are kept: people decide about them. Raises UsageError on a
    setting there is not or a value it may not have.
    """
    chosen, rows = Duplicates.chosen(settings), read(pairs)
    with passing(rows) as project:
        return replace(project.duplicates.find(chosen, progress), dataset=rows)


def check(
    pairs: Pairs,
    only: str | Sequence[str] = (),
    settings: Mapping[str, Mapping[str, Any]] | None = None,
    against: Pairs | None = None,
    seed: int = 0,
    progress: Progress = ignore,
) -> Findings:
    """The findings of all checks, or of those named in `only`; `.not_checked` names the checks that could not run.

    `settings` are {check: {setting: value}} where they are not the built-in ones, `against` is an evaluation set that
    no row may overlap. Raises UsageError on a check or setting there is not.
    """
    names = [only] if isinstance(only, str) else list(only)
    Checks.known(names)
    rows = read(pairs)
    with passing(rows) as project:
        project.findings.save_settings(_known_checks(settings or {}))
        _hold(project, {"against": against})
        return replace(project.findings.check(names, seed, progress), dataset=rows)


def judge(
    pairs: Pairs,
    context: Declared | None = None,
    against: Pairs | None = None,
    knowledge: str | PathLike[str] | None = None,
    seed: int = 0,
    progress: Progress = ignore,
) -> Verdict:
    """Whether these rows justify fine-tuning; `print(verdict)` says it in a few lines.

    `context` is what is known of the task: a Context, the path of a context file, or its sections as dicts, such as
    `{"task": {"target": 0.9}}`. `against` is an evaluation set that no row may overlap, `knowledge` a text file that
    may hold the answers. Without a measured base model the verdict is provisional. Raises UsageError on an entry of the
    context there is not.
    """
    declared, rows = _declared(context), read(pairs)
    beside = {"against": against, "knowledge": knowledge}
    with _judging(rows, seed, beside) as project:
        _hold(project, {"context": declared, **beside})
        return project.verdict.analyse(seed, progress)


def write(
    pairs: Pairs,
    out: str | PathLike[str],
    formats: str | Sequence[str] = ("parquet",),
    context: Declared | None = None,
    seed: int = 0,
    progress: Progress = ignore,
    **chosen: Any,
) -> Manifest:
    """Write a clean set, split without leaks, with its report and manifest, to the folder `out`.

    `formats` are those of `curation export`. `chosen` are `against`, `knowledge` and `date` (of the report, ISO), and
    the fields of `curation.Layout`: `shares` of train, validation and test, `recipes` for trainers (names, or {name:
    settings}), `treatment` of personal data, `weight`, `cap_per_label`, `balance`, and `settings` of formats. Warns of
    personal data that goes out unchanged, of what a format cannot carry, and of an approval that ends. Raises
    UsageError on what there cannot be, before anything is written.
    """
    layout, names = _layout(chosen), [formats] if isinstance(formats, str) else list(formats)
    check_formats(names)
    check_place(Path(out))
    declared, rows = _declared(context), read(pairs)
    beside, ended = {name: chosen.get(name) for name in BESIDE}, _approval(Path(out))
    with _judging(rows, seed, beside) as project:
        _hold(project, {"context": declared, **beside})
        manifest = project.exports.write(Path(out), names, layout, seed, progress, chosen.get("date") or "")
    for note in filter(None, (*ended, *_personal(manifest), " ".join(lost_lines(manifest)))):
        warnings.warn(f"{out}: {note}", stacklevel=2)
    return manifest


def search(
    pairs: Pairs,
    text: str = "",
    like: str = "",
    n: int = 10,
    by: Literal["words", "meaning", "both"] = "both",
    progress: Progress = ignore,
) -> Dataset:
    """The `n` rows nearest to a text by their words and their meaning, or by one of the two, best first.

    In place of a text `like` names the id of a row whose nearest are wanted. Of rows whose outputs are labels the input
    is what is compared, of others input and output. Searching the same rows again is fast. Raises UsageError where
    nothing is asked, there is no such row, or the package for meaning is missing: by="words" works without it.
    """
    rows = read(pairs)
    with standing(rows, 0) as project:
        hits = project.meaning.search(Filter(text=text, search=by, like=like), n, progress=progress)
    at = {id: place for place, id in enumerate(rows.values("id"))}
    return rows.take([at[hit.example.id] for hit in hits])


def index_benchmark(evaluation: Pairs, folder: str | PathLike[str], name: str = "") -> Path:
    """Write the index of an evaluation set that the check `benchmark_overlap` compares rows with; the path of its file.

    It holds hashes of runs of 13 words, from which no text can be read back. `name` is what findings call the set, left
    out the name of its file. Name the folder in the check's setting `folder`.
    """
    rows = read(evaluation)
    called = name or Path(next(iter(rows.sources), "")).stem
    if not called or Path(called).name != called:
        raise UsageError(f"{called!r} cannot be the name of an evaluation set; give another as `name`")
    return Checks.index_benchmark(rows, called, Path(folder))


def _approval(out: Path) -> list[str]:
    """That an export which stands there is approved, and that this ends when another takes its place."""
    try:
        approval = read_approval(out)
    except GateNotPassed:
        return ["an approval that could not be read ended with this export"]
    return [f"it was approved by {approval.name} at {approval.at}; that ended with this export"] if approval else []


def _personal(manifest: Manifest) -> list[str]:
    if not manifest.personal["rows"] or manifest.personal["treatment"] != "keep":
        return []
    rows = counted(manifest.personal["rows"], "row")
    return [f'{rows} with personal data or keys unchanged; treatment="mask" or "leave_out" changes that']


def _layout(chosen: Mapping[str, Any]) -> Layout:
    known = {each.name for each in fields(Layout)}
    for name in chosen:
        if name not in known and name not in BESIDE:
            raise UsageError(f"write() takes no {name!r}; {nearest(name, [*known, *BESIDE])}")
    layout = {name: value for name, value in chosen.items() if name in known}
    recipes = layout.get("recipes", {})
    if not isinstance(recipes, Mapping):
        layout["recipes"] = {name: {} for name in ([recipes] if isinstance(recipes, str) else recipes)}
    return replace(Exports.usual_layout, **layout).checked()


def _known_checks(settings: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Mapping[str, Any]]:
    built_in = Checks.built_in()
    for name in settings:
        if name not in built_in:
            raise UsageError(f"There is no check named {name!r} with settings; {nearest(name, built_in)}")
    return settings


def _declared(context: Declared | None) -> Context | None:
    if context is None or isinstance(context, Context):
        return context
    if isinstance(context, Mapping):
        return context_from(context)
    text = context_text(Path(context))
    if unasked := unsaid(text, str(context)):
        said = " and ".join(unasked)
        warnings.warn(f"{context} names no format; {said} is read as said. Delete it, or add format = 2.", stacklevel=3)
    return parse_context(text, str(context))


def _judging(rows: Dataset, seed: int, beside: Mapping[str, Any]) -> AbstractContextManager[Project]:
    """The project to judge in: one that stands, unless something is held beside its rows that it would keep."""
    held = beside.get("against") is not None or beside.get("knowledge") is not None
    return passing(rows) if held else standing(rows, seed)


def _hold(project: Project, given: Mapping[str, Any]) -> None:
    """Keep what stands beside the rows in the project: the context, the evaluation set, the knowledge texts."""
    if "context" in given:
        project.settings.save_context(given["context"] or Context())
    against = given.get("against")
    if isinstance(against, str | PathLike) and Path(against).is_file():
        project.examples.hold_against(Path(against))
    elif against is not None:
        project.examples.hold_evaluation(read(against))
    if given.get("knowledge") is not None:
        project.examples.hold_knowledge(Path(given["knowledge"]))
