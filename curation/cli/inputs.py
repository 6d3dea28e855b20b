"""What commands read before they work: files into a project, an earlier export, the context; what they refuse."""

import argparse
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from curation.cli.printing import print_loaded
from curation.context import context_text, parse_context, unsaid
from curation.errors import GateNotPassed, UsageError
from curation.export import Manifest, read, read_approval
from curation.progress import Progress, part
from curation.project import Project
from curation.records import Columns


def filled(folder: Path) -> Project:
    project = Project.open(folder)
    if not project.examples.stored.sources():
        project.close()
        raise UsageError(f"{folder}: no examples loaded. Load a file first: curation load FILE --project {folder}")
    return project


def earlier_export(out: Path) -> tuple[Manifest, str] | None:
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


def say_replaced(args: argparse.Namespace, earlier: tuple[Manifest, str] | None, project: Project) -> None:
    if earlier is None or args.quiet:
        return
    manifest, approved = earlier
    others = set(manifest.sources) != {source.name for source in project.examples.stored.sources() if source.active}
    said = [f"an export of other data ({', '.join(manifest.sources)})" if others else "an earlier export"]
    if approved:
        said.append(f"{approved}; that approval ends, check the new export and approve it again")
    if others or approved:
        print(f"note: {args.out} holds {', '.join(said)}; it is replaced", file=sys.stderr)


def parquet_file(path: Path) -> None:
    """Raises UsageError unless a Parquet file can be written there."""
    if path.suffix.lower() != ".parquet":
        raise UsageError(f"{path.name}: this is written as Parquet. Name the file with the ending .parquet.")
    folder_exists(path)


def folder_exists(path: Path) -> None:
    if not path.parent.is_dir():
        raise UsageError(f"There is no folder {path.parent} to write {path.name} to. Make it first, or name another.")
    if path.is_dir():
        raise UsageError(f"{path} is a folder. Name a file.")
    try:
        tempfile.TemporaryFile(dir=path.parent).close()
    except OSError as error:
        why = "" if isinstance(error, FileNotFoundError) else f" ({error.strerror})"
        raise UsageError(f"Nothing can be written to the folder {path.parent}{why}. Name another.") from None


def chosen_columns(args: argparse.Namespace) -> Columns:
    return Columns(input=(args.input,) if args.input else (), output=args.output, label=args.label, group=args.group)


def load_files(project: Any, args: argparse.Namespace, progress: Progress) -> list[dict[str, Any]]:
    columns = chosen_columns(args)
    lines = []
    for n, path in enumerate(args.files):
        step = part(progress, n / len(args.files), (n + 1) / len(args.files))
        loaded = project.examples.load(path, columns, progress=step)
        chosen = {k: v for k, v in asdict(loaded.imported.columns).items() if v}
        line = {"file": loaded.name, "rows": loaded.stored + loaded.rejected, "stored": loaded.stored}
        line |= {"rejected": loaded.rejected, "reasons": dict(loaded.reasons), "columns": chosen}
        lines.append(line | {"already_loaded": loaded.already, "warnings": list(loaded.imported.warnings)})
        if not args.quiet:
            print_loaded(lines[-1])
    return lines


def hold_against(project: Project, args: argparse.Namespace) -> None:
    if args.against:
        rows = project.examples.hold_against(args.against)
        if not args.quiet:
            print(f"{args.against.name}: {rows:,} evaluation rows", file=sys.stderr)
    if args.knowledge:
        passages = project.examples.hold_knowledge(args.knowledge)
        if not args.quiet:
            print(f"{args.knowledge.name}: {passages:,} passages to retrieve from", file=sys.stderr)


def read_context_file(path: Path | None, quiet: bool = False) -> Any:
    """The context of a file; says which values of a file without a format might have been written unasked."""
    if path is None:
        return None
    text = context_text(path)
    context = parse_context(text, str(path))
    if (found := unsaid(text, str(path))) and not quiet:
        print(
            f"{path} names no format, so it may come from an earlier version, which wrote {' and '.join(found)} "
            "unasked. It is read as said; delete it from the file if nobody said it, or add format = 2.",
            file=sys.stderr,
        )
    return context
