"""What each command does: call the project's verbs, print the result to stdout and notes to stderr."""

import argparse
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow.compute as pc

from curation.dedup import Settings, decontaminate
from curation.errors import GateNotPassed, UsageError
from curation.export import Manifest, check_place, read, read_approval
from curation.files import write_parquet, write_text
from curation.printing import note_lost, note_personal, print_counts, print_json, print_loaded, print_verdict
from curation.progress import Progress, part
from curation.project import DATABASE, Project, findings_by_row, reason_counts
from curation.readiness.context_file import read_context, template
from curation.records import Columns


def run(args: argparse.Namespace, progress: Progress) -> None:
    """The whole journey, unattended."""
    check_place(args.out)
    earlier = _earlier(args.out)
    context = _context(args.context)
    with Project.temporary(args.files) as project:
        loaded = _load_files(project, args, part(progress, 0.0, 0.2))
        _hold_against(project, args)
        if context is not None:
            project.save_context(context)
        project.analyse(args.seed, part(progress, 0.2, 0.9))
        _say_replaced(args, earlier, project)
        manifest = project.export(args.out, treatment=args.personal, seed=args.seed, progress=part(progress, 0.9, 1.0))
        body = (project.last_verdict() or {})["verdict"]
    if args.json:
        print_json({"files": loaded, "verdict": body, "manifest": asdict(manifest)})
    else:
        print_verdict(body)
        print(f"Written to {args.out}: open report.html first.")
    note_personal(args, manifest.personal)
    note_lost(args, manifest)


def load(args: argparse.Namespace, progress: Progress) -> None:
    """Add files to a project."""
    missing = [path for path in args.files if not path.exists()]
    if missing:
        raise UsageError(f"No such file: {missing[0]}. Check the path.")
    is_new, was_there = not (args.project / DATABASE).exists(), args.project.exists()
    project = Project.open(args.project, create=True)
    try:
        loaded = _load_files(project, args, progress)
    finally:
        is_empty = not project.sources()
        project.close()
        if is_new and is_empty:
            _take_back(args.project, was_there)
    if args.json:
        print_json({"files": loaded})


def _take_back(folder: Path, was_there: bool) -> None:
    """Removes a project nothing was stored in; a folder that was there before stays."""
    for path in folder.glob(f"{DATABASE}*"):
        path.unlink()
    if not was_there and not any(folder.iterdir()):
        folder.rmdir()


def dedup(args: argparse.Namespace, progress: Progress) -> None:
    """Write the near-duplicate clusters of a file."""
    _parquet_file(args.out)
    shingle = args.shingle if args.shingle == "auto" else int(args.shingle)
    settings = Settings(on=args.on, threshold=args.threshold, shingle=shingle, workers=args.workers)
    counts = (_dedup_against if args.against else _dedup_file)(args, settings, progress)
    print_counts(args, f"{args.out}: rows by kind", counts)


def _dedup_file(args: argparse.Namespace, settings: Settings, progress: Progress) -> dict[str, int]:
    (path,) = args.files
    spooled, kinds = Project.dedup_file(path, _columns(args), args.out, settings, progress)
    if not args.quiet:
        line = {"file": path.name, "rows": spooled.stored + spooled.rejected.num_rows, "stored": spooled.stored}
        line |= {"rejected": spooled.rejected.num_rows, "reasons": reason_counts(spooled.rejected)}
        chosen = {k: v for k, v in asdict(spooled.columns).items() if v}
        print_loaded(line | {"columns": chosen, "already_loaded": False, "warnings": list(spooled.warnings)})
    return kinds


def _dedup_against(args: argparse.Namespace, settings: Settings, progress: Progress) -> dict[str, int]:
    """As `_dedup_file`, with the evaluation row each row overlaps; both sets lie in memory."""
    with Project.temporary(args.files) as project:
        _load_files(project, args, part(progress, 0.0, 0.3))
        clusters = project.dedup(settings, part(progress, 0.3, 1.0))
        dataset = project.dataset()
        columns = ["id", "cluster", "keeper", "kind", "similarity"]
        table = clusters.table.select(columns).add_column(0, "row", dataset.table["row"])
        project.hold_against(args.against)
        overlap = decontaminate(dataset, project.evaluation() or dataset.take([]), settings)
        at = pc.index_in(table["id"], overlap["id"])
        table = table.append_column("evaluation_row", overlap["evaluation_row"].take(at))
        table = table.append_column("evaluation_similarity", overlap["similarity"].take(at))
    write_parquet(args.out, table)
    if not args.quiet:
        rows = pc.count_distinct(overlap["id"]).as_py()
        print(f"{rows:,} rows equal or closely resemble one of {args.against.name}", file=sys.stderr)
    return {kind["values"]: kind["counts"] for kind in table["kind"].value_counts().to_pylist()}


def check(args: argparse.Namespace, progress: Progress) -> None:
    """Write the findings of all checks on a file."""
    Project.known_checks(args.only)
    _parquet_file(args.out)
    with Project.temporary(args.files) as project:
        _load_files(project, args, part(progress, 0.0, 0.2))
        findings = project.check(args.only, args.seed, part(progress, 0.2, 1.0))
        write_parquet(args.out, findings_by_row(project.dataset(), findings))
        counts = project.finding_counts(0.0)
        likely = project.finding_counts()
    for step in findings.runs:
        if step.status == "not_checked" and not args.quiet:
            print(f"not checked: {step.check}: {step.reason}", file=sys.stderr)
    done = [step.check for step in findings.runs if step.status == "done"]
    if args.json:
        print_json({name: {"findings": counts.get(name, 0), "likely": likely.get(name, 0)} for name in done})
        return
    print(f"{args.out}: findings by check, and how many are more likely right than not")
    for name in done:
        print(f"  {name:24} {counts.get(name, 0):>10,} {likely.get(name, 0):>10,}")


def context(args: argparse.Namespace, progress: Progress) -> None:
    """Write or print an empty context file."""
    if args.out is None:
        print(template(), end="")
        return
    if args.out.exists():
        raise UsageError(f"{args.out} exists already and may hold answers of yours; name another file")
    write_text(args.out, template())
    print(f"{args.out}: fill in what you know, then name it with --context")


def verdict(args: argparse.Namespace, progress: Progress) -> None:
    """Print the readiness verdict."""
    context = _context(args.context)
    if (args.files is None) == (args.project is None):
        raise UsageError("Name a file, or a project with --project DIR (one of the two).")
    if args.project:
        _judge(_filled(args.project), args, context, progress)
        return
    args.files = [args.files]
    with Project.temporary(args.files) as project:
        _load_files(project, args, part(progress, 0.0, 0.2))
        _judge(project, args, context, part(progress, 0.2, 1.0))


def _judge(project: Project, args: argparse.Namespace, context: Any, progress: Progress) -> None:
    _hold_against(project, args)
    if context is not None:
        project.save_context(context)
        if args.project and not args.quiet:
            print(f"{args.context}: kept as what {args.project} knows about the task", file=sys.stderr)
    project.analyse(args.seed, progress)
    body = (project.last_verdict() or {})["verdict"]
    if args.json:
        print_json(body)
    else:
        print_verdict(body)


def export(args: argparse.Namespace, progress: Progress) -> None:
    """Write a clean set from a project."""
    check_place(args.out)
    project = _filled(args.project)
    _say_replaced(args, _earlier(args.out), project)
    manifest = project.export(args.out, args.format or ["parquet"], args.personal, args.seed, progress)
    if args.json:
        print_json(asdict(manifest))
    else:
        print(f"Written to {args.out}.")
    note_personal(args, manifest.personal)
    note_lost(args, manifest)


def report(args: argparse.Namespace, progress: Progress) -> None:
    """Write the report of a project."""
    _folder_exists(args.out)
    suffix = args.out.suffix.lstrip(".").lower()
    if suffix not in ("html", "md", "json"):
        raise UsageError(f"{args.out.name}: a report is .html, .md or .json. Name the file with one of these endings.")
    write_text(args.out, _filled(args.project).report(suffix))
    print(f"Written to {args.out}.")


def _filled(folder: Path) -> Project:
    project = Project.open(folder)
    if not project.sources():
        project.close()
        raise UsageError(f"{folder}: no examples loaded. Load a file first: curation load FILE --project {folder}")
    return project


def _earlier(out: Path) -> tuple[Manifest, str] | None:
    """The export that stands where the next one goes, and who approved it ("" where nobody did)."""
    try:
        manifest = read(out)
    except UsageError:
        return None
    try:
        approval = read_approval(out)
    except GateNotPassed:
        return manifest, "an approval that cannot be read"
    return manifest, f"approved by {approval.name} at {approval.at}" if approval else ""


def _say_replaced(args: argparse.Namespace, earlier: tuple[Manifest, str] | None, project: Project) -> None:
    if earlier is None or args.quiet:
        return
    manifest, approved = earlier
    others = set(manifest.sources) != {source.name for source in project.sources() if source.active}
    said = [f"an export of other data ({', '.join(manifest.sources)})" if others else "an earlier export"]
    if approved:
        said.append(f"{approved}; that approval ends, look at the new one and approve it again")
    if others or approved:
        print(f"note: {args.out} holds {', '.join(said)}; it is replaced", file=sys.stderr)


def _parquet_file(path: Path) -> None:
    """Raises UsageError unless a Parquet file can be written there."""
    if path.suffix.lower() != ".parquet":
        raise UsageError(f"{path.name}: this is written as Parquet. Name the file with the ending .parquet.")
    _folder_exists(path)


def _folder_exists(path: Path) -> None:
    if not path.parent.is_dir():
        raise UsageError(f"There is no folder {path.parent} to write {path.name} to. Make it first, or name another.")
    if path.is_dir():
        raise UsageError(f"{path} is a folder. Name a file.")
    try:
        tempfile.TemporaryFile(dir=path.parent).close()
    except OSError as error:
        why = "" if isinstance(error, FileNotFoundError) else f" ({error.strerror})"
        raise UsageError(f"Nothing can be written to the folder {path.parent}{why}. Name another.") from None


def _columns(args: argparse.Namespace) -> Columns:
    return Columns(input=(args.input,) if args.input else (), output=args.output, label=args.label, group=args.group)


def _load_files(project: Any, args: argparse.Namespace, progress: Progress) -> list[dict[str, Any]]:
    columns = _columns(args)
    lines = []
    for n, path in enumerate(args.files):
        step = part(progress, n / len(args.files), (n + 1) / len(args.files))
        loaded = project.load(path, columns, progress=step)
        chosen = {k: v for k, v in asdict(loaded.imported.columns).items() if v}
        line = {"file": loaded.name, "rows": loaded.stored + loaded.rejected, "stored": loaded.stored}
        line |= {"rejected": loaded.rejected, "reasons": dict(loaded.reasons), "columns": chosen}
        lines.append(line | {"already_loaded": loaded.already, "warnings": list(loaded.imported.warnings)})
        if not args.quiet:
            print_loaded(lines[-1])
    return lines


def _hold_against(project: Project, args: argparse.Namespace) -> None:
    if args.against:
        rows = project.hold_against(args.against)
        if not args.quiet:
            print(f"{args.against.name}: {rows:,} evaluation rows", file=sys.stderr)
    if args.knowledge:
        passages = project.hold_knowledge(args.knowledge)
        if not args.quiet:
            print(f"{args.knowledge.name}: {passages:,} passages to look answers up in", file=sys.stderr)


def _context(path: Path | None) -> Any:
    if path is None:
        return None
    return read_context(path)
