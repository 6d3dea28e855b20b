"""What commands read before they work: files into a project, an earlier export, the context; what they refuse."""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from curation.cli.printing import note, note_loaded
from curation.errors import GateNotPassed, UsageError
from curation.export import Manifest, read, read_approval
from curation.files import temporary_folder
from curation.project import Project
from curation.project.examples import Examples, Loaded
from curation.project.findings import Checks
from curation.records import Columns, FileOptions
from curation.records.context import context_text, parse_context, unsaid
from curation.records.progress import Progress, part


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
    if earlier is None:
        return
    manifest, approved = earlier
    others = set(manifest.sources) != {source.name for source in project.examples.stored.sources() if source.active}
    said = [f"an export of other data ({', '.join(manifest.sources)})" if others else "an earlier export"]
    if approved:
        said.append(f"{approved}; that approval ends, check the new export and approve it again")
    if others or approved:
        note(args, f"note: {args.out} holds {', '.join(said)}; it is replaced")


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
    if args.messages and args.input:
        raise UsageError("--messages names whole conversations and --input what is asked; give one of the two.")
    return Columns(tuple(args.input or ()), args.output, args.label, args.group, None, args.messages, args.id)


def chosen_options(args: argparse.Namespace) -> FileOptions:
    return FileOptions(args.delimiter, args.encoding, args.sheet, args.split)


def chosen_engine(args: argparse.Namespace) -> Any:
    """What the command line has work. Raises UsageError on an address without the engine that it is of."""
    if args.scheduler and args.engine != "dask":
        raise UsageError("--scheduler is the address of a Dask cluster: add --engine dask, or leave it out.")
    return Checks.engine_of(args.engine, args.workers, args.scheduler)


@contextmanager
def data_files(args: argparse.Namespace) -> Iterator[list[Any]]:
    """The files that the command line names: folders and patterns as their files, - as what comes on stdin."""
    with ExitStack() as stack:
        files: list[Any] = []
        for path in args.files:
            if str(path) == "-":
                folder = stack.enter_context(temporary_folder())
                with (folder / "stdin").open("wb") as copy:
                    shutil.copyfileobj(sys.stdin.buffer, copy)
                files += Examples.data_files(folder / "stdin")
            else:
                files += Examples.data_files(path, args.split)
        yield files


def load_files(project: Any, args: argparse.Namespace, progress: Progress) -> list[dict[str, Any]]:
    """What became of each file, printed as it is loaded; those of one folder are read as its first one is."""
    columns, options, lines = chosen_columns(args), chosen_options(args), []
    with data_files(args) as files:
        for n, file in enumerate(files):
            step = part(progress, n / len(files), (n + 1) / len(files))
            its_options = replace(options, part=file.split, split="" if file.split else options.split)
            loaded = project.examples.load(file.path, columns, file.name, step, its_options)
            lines.append(_line(loaded))
            note_loaded(args, lines[-1])
        splits = dict.fromkeys(file.split for file in files if file.split)
    if len(splits) > 1:
        note(args, f"note: files of several splits ({', '.join(splits)}); one alone is read with --split NAME")
    return lines


def _line(loaded: Loaded) -> dict[str, Any]:
    chosen = {k: v for k, v in asdict(loaded.imported.columns).items() if v}
    same = loaded.again.same if loaded.again else 0
    line = {"file": loaded.name, "rows": loaded.stored + same + loaded.rejected, "stored": loaded.stored}
    line |= {"rejected": loaded.rejected, "reasons": dict(loaded.reasons), "columns": chosen}
    line |= {"shape": loaded.imported.shape, "repeated": loaded.repeated}
    line |= {"again": asdict(loaded.again) if loaded.again else None}
    return line | {"already_loaded": loaded.already, "warnings": list(loaded.imported.warnings)}


def check_source(args: argparse.Namespace) -> None:
    """Raises UsageError unless the command line names one file or one project."""
    if args.project and args.files:
        raise UsageError(f"Name {args.files[0]} or --project {args.project}, not both.")
    if not args.project and len(args.files) != 1:
        raise UsageError("Name one file to read, or a project with --project DIR.")
    told = [*asdict(chosen_columns(args)).values(), *asdict(chosen_options(args)).values()]
    if args.project and any(told):
        raise UsageError(
            "A project has its columns from when its files were loaded: leave out the flags that name them."
        )


@contextmanager
def source_project(args: argparse.Namespace, progress: Progress) -> Iterator[Project]:
    """The project that the command line names, or one for this command alone that holds its file."""
    if args.project:
        with filled(args.project) as project:
            yield project
        return
    with Project.temporary(args.files) as project:
        load_files(project, args, progress)
        yield project


def hold_against(project: Project, args: argparse.Namespace) -> None:
    if args.against:
        rows = project.examples.hold_against(args.against)
        note(args, f"{args.against.name}: {rows:,} evaluation rows")
    if args.knowledge:
        passages = project.examples.hold_knowledge(args.knowledge)
        note(args, f"{args.knowledge.name}: {passages:,} passages to retrieve from")


def take_tokenizer(project: Project, args: argparse.Namespace) -> None:
    """Keep the tokenizer of the command line with the project: what counts its tokens from now on."""
    if args.tokenizer:
        project.settings.keep_tokenizer(args.tokenizer)


def read_context_file(args: argparse.Namespace) -> Any:
    """The context that --context names; says which values of a file without a format may have been written unasked."""
    path: Path | None = args.context
    if path is None:
        return None
    text = context_text(path)
    context = parse_context(text, str(path))
    if unasked := unsaid(text, str(path)):
        note(
            args,
            f"{path} names no format, so it may come from an earlier version, which wrote {' and '.join(unasked)} "
            "unasked. It is read as said; delete it from the file if nobody said it, or add format = 2.",
        )
    return context
